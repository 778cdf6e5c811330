using System.Runtime.CompilerServices;

using RaftActors.Coordination.Bootstrap;
using RaftActors.Coordination.Downing;

namespace RaftActors.Coordination.Tests;

/// <summary>
/// The content of the group's log and snapshots, and of the messages between its nodes, as the recorded lines of <c>testdata</c>. A
/// later version reads these lines, and writes the same. <c>RAFTACTORS_REWRITE=1 dotnet test tests/RaftActors.Coordination.Tests</c>
/// records them anew, which is for a format that no released program has used.
/// </summary>
public sealed class GoldenTests
{
    private static readonly RaftClaim Claim = new("a", 101, 1, 103, "text");

    private static readonly Command[] Commands =
    [
        new Command.Open(TimeSpan.FromSeconds(9)),
        new Command.Renew(101),
        new Command.Close(101),
        new Command.Acquire(101, 1, 2, Waits: true, "text"),
        new Command.Acquire(101, 2, 1, Waits: false, null),
        new Command.Release(101, 1),
        new Command.Break(103, 101),
        new Command.End(101),
        new Command.Put("1", 106, 101, TimeSpan.FromHours(1)),
        new Command.Put("", 0, 0, null),
        new Command.Add(-2),
        new Command.Delete(107),
        new Command.Delete(null),
        new Command.Commit(
            [
                new ItemPart("a", 0),
                new ItemPart("b", 106, "1", OfSession: true, Lifetime: TimeSpan.FromHours(1)),
                new ItemPart("c", Deletes: true),
            ],
            101),
        new Command.Commit([new ItemPart("a", Value: "")], 0),
    ];

    private static readonly Answer[] Answers =
    [
        new Answer.Done(),
        new Answer.Granted(103) { Era = 100 },
        new Answer.Waiting(),
        new Answer.Held(),
        new Answer.Ended(),
        new Answer.Counted(-2),
        new Answer.Conflict(107),
        new Answer.NoSession(),
        new Answer.Broken([1, 2]),
        new Answer.Refused("Why."),
        new Answer.Conflict(107, "b"),
    ];

    private static readonly Question[] Questions =
    [
        new Question.OfClaim("l", 101, 1),
        new Question.OfLock("l", [103]),
        new Question.OfLock("l", null),
        new Question.OfItem("i"),
        new Question.OfChanges("i", 106),
        new Question.OfOverview("l"),
        new Question.OfOverview(null),
    ];

    private static readonly object[] Views =
    [
        new LockView([Claim], 1),
        new ItemsView(IsWhole: true, [new Item("i", "1", 107, 101, TimeSpan.FromHours(1)), new Item("j", null, 108)], Era: 100),
        new RaftOverview(
            "coordination@node1:2551",
            [new RaftSessionOverview(101, "a", TimeSpan.FromSeconds(9), 2, TimeSpan.FromSeconds(7))],
            1,
            [new RaftLockOverview("l", 2, [Claim], 1, [new RaftClaim("b", 102, 2, 0, null)], 1)],
            1),
    ];

    [Fact]
    public void Commands_are_the_recorded_ones() => Check("commands.txt", [.. Commands.Select(each => (typeof(Command), (object)each))]);

    [Fact]
    public void Answers_are_the_recorded_ones() => Check("answers.txt", [.. Answers.Select(each => (typeof(Answer), (object)each))]);

    [Fact]
    public void Questions_are_the_recorded_ones() =>
        Check("questions.txt", [.. Questions.Select(each => (typeof(Question), (object)each))]);

    [Fact]
    public void Answers_to_questions_are_the_recorded_ones() => Check("views.txt", [.. Views.Select(each => (each.GetType(), each))]);

    [Fact]
    public void Every_kind_is_recorded()
    {
        Type[] families = [typeof(Command), typeof(Answer), typeof(Question)];
        var kinds = families.SelectMany(family => family.GetNestedTypes()).Where(type => !type.IsAbstract);

        Assert.Equal(
            kinds.Select(type => type.FullName).Order(),
            ((object[])[.. Commands, .. Answers, .. Questions]).Select(each => each.GetType().FullName).Distinct().Order());
    }

    // Nodes compare their digests, also with those of an earlier version.
    [Fact]
    public void State_its_digest_and_its_reminders_are_the_recorded_ones()
    {
        SortedSet<string> reminders = new(StringComparer.Ordinal);
        var state = StateDigestTests.MadeByCommands(touched => reminders.UnionWith(touched.Select(each => each.Reminder).OfType<string>()));
        string[] written = [TextOf(typeof(CoordinationImage), state.ToImage()), $"{state.Digest():x16}", .. reminders];

        var golden = LinesOf("state.txt", written);

        Assert.Equal(golden, written);
        var image = JsonSerializer.Deserialize(golden[0], CoordinationJson.Default.CoordinationImage)!;
        Assert.Equal(golden[1], $"{CoordinationState.Of(image, changesMax: 4).Digest():x16}");
        Assert.Equal(reminders, golden.Skip(2).Select(name => Topic.OfReminder(name).Reminder));
    }

    [Fact]
    public void Items_of_the_cluster_are_the_recorded_ones()
    {
        const string node = "akka.tcp://shop@node1:2551#7";
        var decision = Decision.None.With(["akka.tcp://shop@node2:2551#-8"]) with { Count = 3 };
        string[] written =
        [
            ClusterRecord.NumberOf("shop"), ClusterRecord.TextOf(4),
            ClusterRecord.ClaimOf("shop", node), ClusterRecord.TextOf(4, isIn: true),
            Decision.NameOf("shop"), decision.ToText(),
        ];

        var golden = LinesOf("cluster.txt", written);

        Assert.Equal(golden, written);
        var record = ClusterRecord.Of("shop", [new RaftItem(golden[0], golden[1], 5), new RaftItem(golden[2], golden[3], 6)]);
        Assert.Equal((4, 5), (record.Number, record.Version));
        Assert.Equal(new ClusterRecord.Claim(node, 4, IsIn: true, 6), Assert.Single(record.Claims));
        Assert.Equal((decision.Count, decision.Downed[0]), (Decision.Of(golden[5]).Count, Assert.Single(Decision.Of(golden[5]).Downed)));
    }

    private static void Check(string name, IReadOnlyList<(Type Type, object Value)> values)
    {
        IReadOnlyList<string> written = [.. values.Select(each => TextOf(each.Type, each.Value))];
        var golden = LinesOf(name, written);

        Assert.Equal(golden, written);
        Assert.Equal(golden, golden.Zip(values, (line, each) =>
            TextOf(each.Type, JsonSerializer.Deserialize(line, each.Type, CoordinationJson.Default)!)));
    }

    private static string TextOf(Type type, object value) => JsonSerializer.Serialize(value, type, CoordinationJson.Default);

    private static IReadOnlyList<string> LinesOf(string name, IReadOnlyList<string> written, [CallerFilePath] string here = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(here)!, "testdata", name);
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, string.Concat(written.Select(line => line + "\n")));
        }

        return File.ReadAllLines(file);
    }
}
