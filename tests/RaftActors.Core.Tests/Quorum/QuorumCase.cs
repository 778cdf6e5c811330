using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using RaftActors.Core.Tests.Harness;

namespace RaftActors.Core.Tests.Quorum;

/// <summary>One command of a file of quorum cases, with its expected output. Only this class calls Majority for them.</summary>
internal sealed partial record QuorumCase(string Command, string Expected)
{
    public static IEnumerable<QuorumCase> ReadAll(string file)
    {
        var lines = File.ReadAllLines(file);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] == "----")
            {
                yield return new QuorumCase(lines[i - 1], LastOfBlock(lines, i + 1));
            }
        }
    }

    /// <summary>Returns the result of our own arithmetic, in the file's notation.</summary>
    public string Run()
    {
        var (voters, others) = (Numbers("cfg"), Numbers("cfgj"));
        var asked = MembersOf([.. voters.Union(others)]);
        var answers = Words(IsVote ? "votes" : "idx");
        Assert.Equal(asked.Length, answers.Length);
        string AnswerOf(Member member) => answers[asked.IndexOf(member)];

        return Command.Contains("cfgj=", StringComparison.Ordinal)
            ? Run(new Configuration(GroupUid.None, voters.Length, MembersOf(voters), MembersOf(others), [], []), AnswerOf)
            : Run(MembersOf(voters), AnswerOf);
    }

    private bool IsVote => Command.StartsWith("vote", StringComparison.Ordinal);

    private string Run(ImmutableArray<Member> voters, Func<Member, string> answerOf) => IsVote
        ? $"Vote{Majority.Result(voters, member => ToVote(answerOf(member)))}"
        : ToText(Majority.Reached(IndicesOf(voters, answerOf)));

    private string Run(Configuration joint, Func<Member, string> answerOf) => IsVote
        ? $"Vote{Majority.Result(joint, member => ToVote(answerOf(member)))}"
        : ToText(Majority.Reached(IndicesOf(joint.Voters, answerOf), IndicesOf(joint.OldVoters, answerOf)));

    private static LogIndex[] IndicesOf(ImmutableArray<Member> voters, Func<Member, string> answerOf) =>
        [.. voters.Select(voter => ToIndex(answerOf(voter)))];

    private static bool? ToVote(string answer) => answer switch
    {
        "y" => true,
        "n" => false,
        "_" => null,
        _ => throw new FormatException(answer),
    };

    private static LogIndex ToIndex(string answer) => new(answer == "_" ? 0 : long.Parse(answer, CultureInfo.InvariantCulture));

    private static string ToText(LogIndex index) => index.Value == long.MaxValue ? "∞" : index.ToString();

    private static ImmutableArray<Member> MembersOf(string[] numbers) => [.. numbers.Select(MemberOf)];

    private static Member MemberOf(string number) => new(new ProcessName($"raft{number}@x"), SimulatedProcess.IncarnationOf(1));

    private string[] Numbers(string name) => [.. Words(name).Where(word => word != "zero")];

    private string[] Words(string name)
    {
        var argument = Argument().Matches(Command).SingleOrDefault(match => match.Groups["name"].Value == name);
        return argument?.Groups["value"].Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries) ?? [];
    }

    // A picture of the indices may come before the result. For the empty set it is on the same line.
    private static string LastOfBlock(string[] lines, int from)
    {
        var block = lines.Skip(from).TakeWhile(line => line.Length > 0);
        return block.Last().Replace("<empty majority quorum>", "", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?<name>\w+)=\(?(?<value>zero|[^)=]*)\)?")]
    private static partial Regex Argument();
}
