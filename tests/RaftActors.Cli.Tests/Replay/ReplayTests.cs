using RaftActors.Storage.Backups;
using RaftActors.Values;

namespace RaftActors.Cli.Tests.Replay;

/// <summary><c>raft replay</c>.</summary>
public sealed class ReplayTests : FolderTest
{
    // A context as the source generator writes it, without the metadata for speed.
    private const string Json =
        """
        using System.Text.Json;
        using System.Text.Json.Serialization;
        using System.Text.Json.Serialization.Metadata;

        public sealed record Order(string Item, int Count);

        public sealed class ShopJson() : JsonSerializerContext(null)
        {
            private static readonly JsonSerializerOptions Options = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
            public static ShopJson Default { get; } = new();
            public JsonTypeInfo<Order> Order => (JsonTypeInfo<Order>)GetTypeInfo(typeof(Order));
            protected override JsonSerializerOptions GeneratedSerializerOptions => null;
            public override JsonTypeInfo GetTypeInfo(System.Type type) => Options.GetTypeInfo(type);
        }

        public sealed class Orders : RaftActors.RaftActor<Order, int>
        {
            protected override int HandleAppend(RaftActors.Entry<Order> entry) => entry.Value.Count;
        }
        """;

    private string Backup => field ??= Write<string>(["book", "pen", "ink"], codec: null);

    [Fact]
    public void Builds_that_agree_end_with_0()
    {
        var dll = Dll.Compile(Folder["last"], Dll.Orders());

        var run = Run.Of("replay", Backup, "--old", dll, "--new", dll);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.StartsWith("The builds agree: group shop: 3 pairs, up to serial 3; results ", run.Output);
        Assert.EndsWith("states not compared: override HandleDigest, or implement IRaftSnapshot\n", run.Output);
    }

    [Fact]
    public void Builds_that_differ_end_with_1_and_the_first_difference()
    {
        string[] command =
        [
            "replay", Backup, "--old", Dll.Compile(Folder["last"], Dll.Orders()),
            "--new", Dll.Compile(Folder["next"], Dll.Orders("entry.Value == \"pen\" ? 9 : _count")),
        ];

        var run = Run.Here(command);
        var difference = Run.Here([.. command, "--json"]).Objects.Single();

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Equal(
            """
            The builds differ at serial 2, key "key2", value pen, of 1970-01-01 00:00:00Z, logic version 1: the results differ
              old: 2
              new: 9

            """,
            run.Output);
        Assert.Equal(
            ["different", "2", "results", "key2", "2", "9"],
            new[] { "outcome", "serial", "what", "key", "old", "new" }.Select(name => $"{difference.GetProperty(name)}"));
    }

    [Fact]
    public void Each_build_has_the_dependencies_of_its_folder()
    {
        string Compile(string folder, int rule) => Dll.Compile(
            Folder[folder],
            Dll.Orders("Rules.Of(_count)"),
            with: Dll.Compile(Folder[folder], $"public class Rules {{ public static int Of(int count) => count * {rule}; }}", "rules"));

        var run = Run.Here("replay", Backup, "--old", Compile("last", 1), "--new", Compile("next", 2));

        Assert.Contains("old: 1\n  new: 2", run.Output);
    }

    [Fact]
    public void Json_contexts_of_the_builds_are_used()
    {
        var orders = Write([new Order("book", 2)], RaftCodec.Json<Order>());

        var run = Run.Here(
            "replay", orders,
            "--old", Dll.Compile(Folder["last"], Json),
            "--new", Dll.Compile(Folder["next"], Json.Replace("entry.Value.Count", "-entry.Value.Count")));

        Assert.Contains("value {\"Item\":\"book\",\"Count\":2}", run.Output);
        Assert.EndsWith("old: 2\n  new: -2\n", run.Output);
    }

    [Fact]
    public void Class_of_an_actor_is_named_if_there_are_several()
    {
        var both = Dll.Compile(Folder["last"], Dll.Orders() + Dll.Orders("0", "Bills"));
        var one = Dll.Compile(Folder["next"], Dll.Orders("0", "Bills"));

        Assert.Contains("name one by --old-actor, of Bills, Orders", Failed(2, Backup, both, one));
        Assert.Equal(0, Run.Here("replay", Backup, "--old", both, "--new", one, "--actor", "Bills").Code);
        Assert.Equal(1, Run.Here("replay", Backup, "--old", both, "--new", one, "--actor", "Bills", "--old-actor", "Orders").Code);
        Assert.Contains("has no Carts: name the dll", Failed(2, Backup, both, one, "--actor", "Carts"));
    }

    [Fact]
    public void Actor_with_arguments_needs_a_method_that_creates_it()
    {
        var actor = Dll.Orders(constructor: "public Orders(int first) => _count = first;");
        var bare = Dll.Compile(Folder["last"], actor);
        var made = Dll.Compile(Folder["next"], actor + "public static class Made { public static Orders Create() => new Orders(1); }");

        Assert.Contains("cannot be created: add a constructor without arguments, or a public static method", Failed(2, Backup, bare, bare));
        Assert.Equal(0, Run.Here("replay", Backup, "--old", made, "--new", made).Code);
    }

    [Fact]
    public void Build_with_another_RaftActors_is_refused()
    {
        var other = Dll.Compile(
            Folder["other"],
            "[assembly: System.Reflection.AssemblyVersion(\"9.0.0.0\")] namespace RaftActors { public class RaftActor<A, B> { } }",
            "RaftActors");
        var dll = Dll.Compile(Folder["last"], "public class Orders : RaftActors.RaftActor<string, int> { }", with: other);

        Assert.Matches("needs RaftActors 9.0.0.0, and this program has 0[.].*Use the raft of the version", Failed(1, Backup, dll, dll));
    }

    [Fact]
    public void Wrong_files_are_refused_with_the_reason()
    {
        var dll = Dll.Compile(Folder["last"], Dll.Orders());
        var letter = Folder["letter.dll"];
        File.WriteAllText(letter, "This is a letter.");

        Assert.Contains("cannot load", Failed(1, Backup, letter, dll));
        Assert.Contains("cannot load", Failed(1, Backup, dll, Folder["absent.dll"]));
        Assert.Contains("has no class that derives from RaftActor", Failed(2, Backup, Dll.Compile(Folder["none"], "class None { }"), dll));
        Assert.Contains("is no backup", Failed(1, letter, dll, dll));
        Assert.Contains("Option '--new' is required", Run.Here("replay", Backup, "--old", dll).Error);
    }

    private static string Failed(int code, string source, string last, string next, params string[] more)
    {
        var run = Run.Here(["replay", source, "--old", last, "--new", next, .. more]);

        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.DoesNotContain("   at ", run.Error);
        return run.Error;
    }

    private string Write<T>(T[] values, RaftCodec<T>? codec)
    {
        using var system = ActorSystem.Create("codec");
        ValueCodec<T> encoding = new(system, codec);
        using BackupWriter writer = new(Folder["monday.backup"], new StoreOwner("shop", new ProcessName("shop@node1")), continues: null);
        writer.Add(null, [.. values.Select((value, place) => new LogEntry(
            new LogIndex(place + 1),
            new Term(1),
            new Serial(place + 1),
            new Payload.Pair(null, $"key{place + 1}", encoding.Encode(value))))]);
        writer.Complete(StoreFolder.Group, DateTimeOffset.UnixEpoch);
        return Folder["monday.backup"];
    }

    private sealed record Order(string Item, int Count);
}
