namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft upgrade</c>: the format level of the group and of its programs.</summary>
public sealed class UpgradeTests : ServerProgramTest
{
    [Fact]
    public void Status_tells_that_the_level_can_be_raised()
    {
        var run = Run.Here(Group(level: 1, 2, 3), "upgrade", "status");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(
            [
                "SERVER  PROGRAM READS  LOGIC",
                ":9990   level 2        2",
                ":9991   level 3        3",
                "The actors of the group apply pairs by logic version 1.",
                "The group writes format level 1. The program of :9990 reads format level 2 at most. Upgrade it first.",
            ],
            run.Lines);
        Assert.Equal(
            "The group writes format level 1, and all of its programs read level 2: run 'raft upgrade enable'.",
            Run.Here(Group(level: 1, 2, 2), "upgrade", "status").Lines.Last());
        Assert.Equal(
            "The group writes format level 2, the highest of these programs.",
            Run.Here(Group(level: 2, 2, 2), "upgrade", "status").Lines.Last());
    }

    [Theory]
    [InlineData("--logic must be from 1", "--logic", "0")]
    [InlineData("--logic must be from 1", "--logic", "-3")]
    [InlineData("--to and --logic are both given", "--logic", "2", "--to", "2")]
    public void Wrong_version_is_wrong_usage(string problem, params string[] options)
    {
        var run = Run.Here(Group(level: 1, 2, 2), ["upgrade", "enable", .. options]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Member_that_does_not_answer_has_an_unknown_program()
    {
        var run = Run.Here(Group(level: 1, 2, null), "upgrade", "status");

        Assert.Contains(":9991   unknown: no answer", run.Lines);
        Assert.Equal(
            "The group writes format level 1. :9991 did not answer, so the levels of its program are not known. Start it, or remove it "
                + "from the group.",
            run.Lines.Last());
    }

    [Fact]
    public void Status_in_JSON_has_a_line_for_each_member_and_one_for_the_group()
    {
        var run = Run.Here(Group(level: 1, 2, null), "upgrade", "status", "--json");

        Assert.Equal(
            [
                """{"kind":"member","server":":9990","reads":2,"logic":2}""",
                """{"kind":"member","server":":9991"}""",
                """{"kind":"group","formatLevel":1,"logicVersion":1,"highest":2,"whyNot":":9991 did not answer, so the levels of its """
                    + """program are not known. Start it, or remove it from the group."}""",
            ],
            run.Lines);
    }

    [Fact]
    public void Enable_raises_the_level_to_the_highest_that_all_programs_read()
    {
        var group = Group(level: 1, 2, 2);

        var run = Run.Here(group, "upgrade", "enable");

        Assert.Equal((0, "the format level is raised\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(["level 2"], group.Changes);
    }

    [Fact]
    public void Level_is_unknown_before_the_first_commit_of_servers_that_restarted()
    {
        var group = Group(level: null, 2, 2);

        Assert.Equal(
            "The format level of the group is not known: no server that answered has committed anything since its start.",
            Run.Here(group, "upgrade", "status").Lines.Last());
        Assert.Equal(1, Run.Here(group, "upgrade", "enable").Code);
        Assert.Empty(group.Changes);
    }

    [Fact]
    public void Level_is_not_raised_while_a_program_is_old()
    {
        var group = Group(level: 1, 2, 1);

        var run = Run.Here(group, "upgrade", "enable");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal(
            "raft: not done: the program of :9991 reads format level 1 at most. Upgrade it first; nothing was changed\n", run.Error);
        Assert.Empty(group.Changes);
    }

    [Fact]
    public void Group_that_has_the_level_is_left_as_it_is()
    {
        var group = Group(level: 2, 2, 2);

        Assert.Equal(0, Run.Here(group, "upgrade", "enable").Code);
        Assert.Equal(0, Run.Here(group, "upgrade", "enable", "--to", "1").Code);
        Assert.Empty(group.Changes);
    }

    [Fact]
    public async Task Real_servers_tell_their_level_and_raise_it_to_none_that_they_do_not_read()
    {
        var ports = FreePorts.Take(3);
        await StartGroup(ports);

        var status = Run.Here("upgrade", "status", "-S", ServerFolder.ListOf(ports));
        var beyond = Run.Here("upgrade", "enable", "--to", "9", "-S", ServerFolder.ListOf(ports));

        Assert.Equal("The group writes format level 1, the highest of these programs.", status.Lines.Last());
        Assert.Equal(1, beyond.Code);
        Assert.Contains("reads format level 1 at most. Upgrade it first", beyond.Error);
    }

    /// <param name="level">That of the group; null: no server has committed.</param>
    /// <param name="reads">The level of each program; null: it does not answer.</param>
    private static FakeGroup Group(int? level, params int?[] reads)
    {
        var names = Enumerable.Range(0, reads.Length).Select(i => new ProcessName($"raft@:{9990 + i}")).ToArray();
        var members = names.Select(name => new GroupMember(name, isVoter: true)).ToArray();
        var statuses = names.Zip(reads).Where(each => each.Second is not null).Select(each =>
            new RaftStatus(ServerId.GroupName, each.First)
            {
                IsOpen = true,
                Members = [.. members],
                MembersAt = new LogIndex(1),
                FormatLevel = level,
                FormatLevelMax = each.Second!.Value,
                LogicVersion = level,
                Program = new RaftProgram(each.Second!.Value, Guid.Empty, 0),
            });
        return new FakeGroup { OnStatus = () => new GroupStatus(ServerId.GroupName, [.. statuses], []) };
    }
}
