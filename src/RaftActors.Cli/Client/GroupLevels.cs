namespace RaftActors.Cli.Client;

/// <summary>The versions of a group and of the programs of its members.</summary>
/// <param name="Group">The level that the group writes. Null if no server that answered has committed since its start.</param>
internal sealed record GroupLevels(int? Group, int? Logic, ImmutableArray<MemberLevel> Members)
{
    public int Highest => Members.Select(member => member.Reads ?? 0).DefaultIfEmpty().Max();

    public static GroupLevels Of(GroupStatus answers) => new(
        answers.Latest?.FormatLevel,
        answers.Latest?.LogicVersion,
        [
            .. from member in answers.Members
               let status = answers.Processes.FirstOrDefault(status => status.Name == member.Name)
               select new MemberLevel(member.Name, status?.FormatLevelMax, status?.LogicVersionMax),
        ]);

    /// <summary>Says why the group cannot have this level.</summary>
    public string? WhyNot(int level, Target target) => Members.FirstOrDefault(member => !(member.Reads >= level)) switch
    {
        null => null,
        { Reads: null } silent => $"{target.Show(silent.Name)} did not answer, so the levels of its program are not known. Start it, or "
            + "remove it from the group.",
        var old => $"The program of {target.Show(old.Name)} reads format level {old.Reads} at most. Upgrade it first.",
    };
}

/// <summary>The highest format level and logic version of a member's program. Null if the member did not answer.</summary>
internal sealed record MemberLevel(ProcessName Name, int? Reads, int? Logic);
