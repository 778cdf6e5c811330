namespace RaftActors.Cli.Client;

internal static class UpgradeCommand
{
    private const string UnknownLevel =
        "The format level of the group is not known: no server that answered has committed anything since its start.";

    public static Command Build(CommandEnvironment environment)
    {
        var to = new Option<byte?>("--to")
        {
            Description = "The format level. Default: the highest one that the program of a member reads.",
            HelpName = "level",
        };
        var logic = SharedOptions.Number(
            "--logic", "version", "Raise the logic version to this one, and not the format level.", 1, int.MaxValue);
        return new("upgrade", "Shows and raises the versions of the group, after its programs were upgraded.")
        {
            new GroupVerb(environment, "status")
            {
                What = """
                    Shows the format level that the group writes and the logic version by which its actors apply pairs, and the highest ones
                    that the program of each member has. A new program follows those of the group, so each server can go back to the program
                    before until they are raised. The leader raises the logic version by itself, unless raft.raise-logic-version is off.
                    """,
                Ends = ExitCodes.OfLook,
                Examples = ["upgrade status -S :9990,:9991", "upgrade status --contacts 10.0.0.1:2551 --group orders"],
                Looks = _ => true,
                Run = (_, run) => run.AskStatus(group => Show(run, GroupLevels.Of(group))),
            }.Build(),
            new GroupVerb(environment, "enable")
            {
                What = """
                    Raises the format level of the group, so that it uses what the new programs can do. First upgrade all members, one after
                    the other. There is no way back: then no member can run a program that does not read the level.

                    Refused if a member does not answer, if its program does not read the level, or if a change of members is in progress. A
                    group that has the level already is left as it is. A change with an unknown outcome is not sent again: run 'raft upgrade
                    status' to see whether it was made.
                    """,
                Examples = ["upgrade enable -S :9990,:9991"],
                Own = [to, logic],
                Run = (parsed, run) => parsed.GetValue(logic) is { } version
                    ? parsed.GetValue(to) is null
                        ? RaiseLogic(run, (int)version)
                        : throw new UsageException("--to and --logic are both given: raise one after the other")
                    : run.Report(
                        Enable(parsed.GetValue(to), run.Settings, run.Client),
                        "format-level-raised",
                        "the format level is raised",
                        "the format level was raised"),
            }.Build(),
        };
    }

    private static int RaiseLogic(GroupRun run, int version) => run.Report(
        run.Client.Change((raft, end) =>
            raft.RaiseLogicVersionAsync(version, timeout: run.Settings.Timeout, cancellationToken: end)),
        "logic-version-raised",
        "the logic version is raised",
        "the logic version was raised");

    private static RequestOutcome Enable(byte? asked, RunSettings settings, GroupClient client)
    {
        if (client.TryAsk(() => client.StatusAsync(client.End), out var group) is { } silent)
        {
            return new RequestOutcome.NotDone(silent);
        }

        var levels = GroupLevels.Of(group);
        var level = asked ?? levels.Highest;
        var whyNot = levels.Members.IsEmpty ? "The group has no members yet, as far as the servers that answered know."
            : levels.Group is null ? UnknownLevel
            : levels.WhyNot(level, settings.Target);
        return level <= levels.Group ? new RequestOutcome.Done()
            : whyNot is not null ? new RequestOutcome.NotDone(whyNot)
            : client.Change((raft, end) => raft.RaiseFormatLevelAsync(level, timeout: settings.Timeout, cancellationToken: end));
    }

    private static int Show(GroupRun run, GroupLevels levels)
    {
        var (target, hasHigher) = (run.Target, levels.Highest > levels.Group);
        var whyNot = hasHigher ? levels.WhyNot(levels.Highest, target) : null;
        run.WriteRows(
            "member",
            levels.Members,
            [
                new(target.Noun.ToUpperInvariant(), target.Noun, member => target.Show(member.Name)),
                new(
                    "PROGRAM READS",
                    "reads",
                    member => member.Reads,
                    member => member.Reads is { } reads ? $"level {reads}" : "unknown: no answer"),
                new("LOGIC", "logic", member => member.Logic),
            ]);
        return run.Write(
            "group",
            (levels.Logic is { } logic ? $"The actors of the group apply pairs by logic version {logic}.{Environment.NewLine}" : "")
            + (levels.Members.IsEmpty ? "The group has no members yet."
                : levels.Group is null ? UnknownLevel
                : !hasHigher ? $"The group writes format level {levels.Group}, the highest of these programs."
                : whyNot is not null ? $"The group writes format level {levels.Group}. {whyNot}"
                : $"The group writes format level {levels.Group}, and all of its programs read level {levels.Highest}: run 'raft upgrade "
                    + "enable'."),
            ("formatLevel", levels.Group),
            ("logicVersion", levels.Logic),
            ("highest", hasHigher ? levels.Highest : null),
            ("whyNot", whyNot));
    }
}
