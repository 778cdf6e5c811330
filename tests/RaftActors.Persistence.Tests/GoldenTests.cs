using System.Buffers;
using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

using RaftActors.Persistence.Plugins;
using RaftActors.Persistence.Reminders;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Tests;

/// <summary>
/// The bytes in the log and the snapshots of a group, and of questions and answers, as the recorded lines of <c>testdata</c>. A later
/// version reads these lines, and writes the same. <c>RAFTACTORS_REWRITE=1 dotnet test tests/RaftActors.Persistence.Tests</c> records them
/// anew, which is for a format that no released program has used.
/// </summary>
public sealed class GoldenTests : IDisposable
{
    private static readonly SnapshotBounds Bounds = new(1, 2, 3, long.MaxValue);

    private static readonly (string Name, Command Value)[] Commands =
    [
        ("write-first", new Command.Write("w", IsFirst: true, 0, [new StoredEvent(1, [0xA1]), new StoredEvent(3, [0xA3, 0xA3])])),
        ("write-next", new Command.Write("w", IsFirst: false, 3, [new StoredEvent(4, [0xA4])])),
        ("delete-events", new Command.DeleteEvents(3)),
        ("save-snapshot", new Command.SaveSnapshot(new StoredSnapshot(4, 5, [0xB4]))),
        ("delete-snapshots", new Command.DeleteSnapshots(Bounds)),
        ("batch", new Command.Batch(
            [("a", new Command.Write("v", IsFirst: true, 0, [new StoredEvent(1, [0xC1])])), ("b", new Command.Write("w", false, 3, []))])),
    ];

    private static readonly (string Name, Question Value)[] Questions =
    [
        ("highest", new Question.Highest("a")),
        ("events", new Question.Events("a", 1, long.MaxValue, 3, 4)),
        ("snapshot", new Question.Snapshot("a", Bounds)),
        ("tagged", new Question.Tagged("red", 1, long.MaxValue, 2)),
        ("ids", new Question.Ids(1, 2)),
        ("values", new Question.Values("a/", "a/b", 2)),
        ("wait", new Question.Wait(new Question.Ids(1, 2), 3)),
    ];

    // No writer, no time, no manifest and the tag: what an event begins with.
    private static readonly Command Tagged = new Command.Write(
        "w", IsFirst: true, 0, [new StoredEvent(1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3, .. "red"u8, 0xA1])]);

    private static readonly (string Name, ReminderCommand Value)[] Reminders =
    [
        ("schedule", new ReminderCommand.Schedule(
            new Plan("/user/a", new byte[] { 0xA1, 0xA2 }, DateTimeOffset.UnixEpoch, new TimeSpan(3)) { Number = 4, Attempts = 5 })),
        ("schedule-once", new ReminderCommand.Schedule(new Plan("/user/a", new byte[] { 0xA1 }, DateTimeOffset.UnixEpoch, Every: null))),
        ("cancel", new ReminderCommand.Cancel()),
        ("acknowledge", new ReminderCommand.Acknowledge(7, DateTimeOffset.UnixEpoch)),
        ("tell", new ReminderCommand.Tell()),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly List<EventFile> _files = [];

    public void Dispose()
    {
        _files.ForEach(file => file.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void Commands_are_the_recorded_ones()
    {
        var golden = Golden("commands.txt", Commands.Select(each => (each.Name, BytesOf(CommandCodec.Instance, each.Value))));

        Assert.All(golden.Values, bytes => Assert.Equal(bytes, BytesOf(CommandCodec.Instance, CommandCodec.Instance.Decode(bytes))));
    }

    [Fact]
    public void Reminders_are_the_recorded_ones()
    {
        var golden = Golden("reminders.txt", Reminders.Select(each => (each.Name, BytesOf(ReminderCodec.Instance, each.Value))));

        Assert.All(golden.Values, bytes => Assert.Equal(bytes, BytesOf(ReminderCodec.Instance, ReminderCodec.Instance.Decode(bytes))));
    }

    [Fact]
    public void Questions_are_the_recorded_ones()
    {
        var golden = Golden("questions.txt", Questions.Select(each => (each.Name, each.Value.ToBytes())));

        Assert.Equal(Questions.Select(each => each.Value), golden.Values.Select(Question.Read));
    }

    [Fact]
    public void Every_kind_is_recorded()
    {
        var families = new[] { typeof(Command), typeof(Question), typeof(ReminderCommand) };
        var kinds = families.SelectMany(family => family.GetNestedTypes()).Where(type => type.IsClass);

        Assert.Equal(
            kinds.Select(type => type.FullName).Order(),
            ((object[])
            [
                .. Commands.Select(each => each.Value), .. Questions.Select(each => each.Value), .. Reminders.Select(each => each.Value),
            ])
                .Select(each => each.GetType().FullName).Distinct().Order());
    }

    [Fact]
    public void Answers_are_the_recorded_ones()
    {
        var (state, tagged) = (Filled("a"), NewState());
        tagged.Apply("t", Tagged, new Serial(5));
        var golden = Golden(
            "answers.txt",
            [
                ("events", (byte[])state.Answer(new Question.Events("a", 1, 9, 9, 99))),
                ("no-events", (byte[])state.Answer(new Question.Events("b", 1, 9, 9, 99))),
                ("snapshot", (byte[])state.Answer(new Question.Snapshot("a", new SnapshotBounds(0, 9, 0, 9)))),
                ("no-snapshot", (byte[])state.Answer(new Question.Snapshot("b", Bounds))),
                ("tagged", (byte[])tagged.Answer(new Question.Tagged("red", 0, long.MaxValue, 99))),
                ("ids", (byte[])tagged.Answer(new Question.Ids(0, 99))),
                ("values", (byte[])state.Answer(new Question.Values("a", "", 99))),
            ]);

        Assert.Equal([3, 4], EventPage.Read(golden["events"]).Select(each => each.SequenceNr));
        Assert.Empty(EventPage.Read(golden["no-events"]));
        Assert.Equal(new TaggedEvent(EventOffset.Of(new Serial(5), 0), "t", 1), Assert.Single(TaggedPage.Read(golden["tagged"])).Event);
        Assert.Equal(["t"], IdPage.Read(golden["ids"]));
        Assert.Equal("a", Assert.Single(ValuePage.Read(golden["values"])).Id);
    }

    // Nodes compare their digests, also with those of an earlier version.
    [Fact]
    public async Task States_and_their_digests_are_the_recorded_ones()
    {
        var emptied = Filled("b");
        emptied.Apply("b", new Command.DeleteEvents(9));
        emptied.Apply("b", new Command.DeleteSnapshots(new SnapshotBounds(0, 9, 0, 9)));
        var tagged = NewState();
        tagged.Apply("t", Tagged, new Serial(5));
        List<(string, byte[])> written = [];
        foreach (var (name, state) in new[] { ("empty", NewState()), ("filled", Filled("a")), ("emptied", emptied), ("tagged", tagged) })
        {
            written.Add((name, await ImageOf(state)));
            written.Add(($"{name}-digest", Convert.FromHexString($"{state.Digest:x16}")));
        }

        var golden = Golden("state.txt", written);

        foreach (var name in new[] { "empty", "filled", "emptied", "tagged" })
        {
            var restored = NewState();
            restored.Restore(new MemoryStream(golden[name]));
            Assert.Equal(golden[name], await ImageOf(restored));
            Assert.Equal(golden[$"{name}-digest"], Convert.FromHexString($"{restored.Digest:x16}"));
        }
    }

    // What the application persists, with the serializers of Akka.NET.
    [Fact]
    public async Task Events_and_snapshots_are_the_recorded_ones()
    {
        using var system = ActorSystem.Create("golden");
        Payloads payloads = new((ExtendedActorSystem)system);
        var text = new Persistent("text", 7, "a", "v2", isDeleted: false, ActorRefs.NoSender, "w", timestamp: 5);

        var golden = Golden(
            "payloads.txt",
            [
                ("event", payloads.Write(text).Bytes),
                ("tagged-event", payloads.Write(text.WithPayload(new Tagged("text", ["red", "blue"]))).Bytes),
                ("snapshot", payloads.WriteSnapshot(12)),
            ]);

        foreach (var name in new[] { "event", "tagged-event" })
        {
            var read = payloads.Read("a", new StoredEvent(7, golden[name]));
            Assert.Equal(text, read);
            Assert.Equal(5, read.Timestamp);
        }

        Assert.Equal(12, payloads.ReadSnapshot(golden["snapshot"]));
        await system.Terminate();
    }

    private static byte[] BytesOf<T>(RaftCodec<T> codec, T command)
    {
        ArrayBufferWriter<byte> output = new();
        codec.Encode(command, output);
        return output.WrittenSpan.ToArray();
    }

    private static async Task<byte[]> ImageOf(JournalState state)
    {
        MemoryStream image = new();
        await state.ToWriter()(image, CancellationToken.None);
        return image.ToArray();
    }

    private JournalState NewState()
    {
        EventFile file = new(_folder[$"{_files.Count}"]);
        _files.Add(file);
        return new JournalState(file);
    }

    // One id, because the order of several is not part of the format.
    private JournalState Filled(string id)
    {
        var state = NewState();
        state.Apply(id, Commands[0].Value);
        state.Apply(id, Commands[1].Value);
        state.Apply(id, new Command.DeleteEvents(1));
        state.Apply(id, Commands[3].Value);
        return state;
    }

    // Returns the recorded bytes by their names, after a comparison with those that are written now.
    private static Dictionary<string, byte[]> Golden(
        string name, IEnumerable<(string Name, byte[] Bytes)> written, [CallerFilePath] string here = "")
    {
        List<string> lines = [.. written.Select(each => $"{each.Name} {Convert.ToHexStringLower(each.Bytes)}".TrimEnd())];
        var file = Path.Combine(Path.GetDirectoryName(here)!, "testdata", name);
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, string.Concat(lines.Select(line => line + "\n")));
        }

        var golden = File.ReadAllLines(file);
        Assert.Equal(golden, lines);
        return golden.Select(line => line.Split(' ')).ToDictionary(
            parts => parts[0], parts => Convert.FromHexString(parts.ElementAtOrDefault(1) ?? ""));
    }
}
