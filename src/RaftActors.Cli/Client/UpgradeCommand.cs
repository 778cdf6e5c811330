using System.CommandLine;

using RaftActors.Cli.Terminal;
using RaftActors.Core;

namespace RaftActors.Cli.Client;

/// <summary><c>raft upgrade</c>.</summary>
internal static class UpgradeCommand
{
    private const string UnknownLevel =
        "The format level of the group is not known: no server that answered has committed anything since its start.";

    public static Command Build(CommandEnvironment environment) =>
        new("upgrade", "Shows and raises the versions of the group, after its programs were upgraded.")
        {
            BuildStatus(environment),
            BuildEnable(environment),
        };

    private static Command BuildStatus(CommandEnvironment environment)
    {
        var options = new ClientOptions(environment);
        var command = new Command(
            "status",
            """
            Shows the format level that the group writes and the logic version by which its actors apply pairs, and the highest ones that
            the program of each member has. A new program follows those of the group, so each server can go back to the program before
            until they are raised. The leader raises the logic version by itself, unless raft.raise-logic-version is off.

            Exit codes:
              0    shown
              1    no server of --server, or no node of --contacts, answered
              2    the command is wrong
              130  Ctrl-C

            Examples:
              raft upgrade status -S :9990,:9991
              raft upgrade status --contacts 10.0.0.1:2551 --group orders
            """);
        options.AddTo(command);
        command.SetAction(parsed => Show(options.Read(parsed), environment));
        return command;
    }

    private static Command BuildEnable(CommandEnvironment environment)
    {
        var to = new Option<byte?>("--to")
        {
            Description = "The format level. Default: the highest one that the program of a member reads.",
            HelpName = "level",
        };
        var logic = new Option<int?>("--logic")
        {
            Description = "Raise the logic version to this one, and not the format level.",
            HelpName = "version",
        };
        var options = new ClientOptions(environment);
        var command = new Command(
            "enable",
            $"""
            Raises the format level of the group, so that it uses what the new programs can do. First upgrade all members, one after the
            other. There is no way back: then no member can run a program that does not read the level.

            Refused if a member does not answer, if its program does not read the level, or if a change of members is in progress. A group
            that has the level already is left as it is. A change with an unknown outcome is not sent again: run 'raft upgrade status' to
            see whether it was made.

            {ChangeReport.ExitCodes}

            Example:
              raft upgrade enable -S :9990,:9991
            """)
        {
            to,
            logic,
        };
        options.AddTo(command);
        command.SetAction(parsed => parsed.GetValue(logic) is { } version
            ? RaiseLogic(version, options.Read(parsed), environment)
            : Enable(parsed.GetValue(to), options.Read(parsed), environment));
        return command;
    }

    private static int RaiseLogic(int version, ClientSettings settings, CommandEnvironment environment) =>
        new ChangeReport(environment, settings, "logic-version-raised", "the logic version is raised", "the logic version was raised")
            .Run(null, client => client.Change((raft, end) =>
                raft.RaiseLogicVersionAsync(Math.Max(version, 1), timeout: settings.Timeout, cancellationToken: end)));

    private static int Enable(byte? level, ClientSettings settings, CommandEnvironment environment) =>
        new ChangeReport(environment, settings, "format-level-raised", "the format level is raised", "the format level was raised")
            .Run(null, client => Enable(level, settings, client));

    private static RequestOutcome Enable(byte? asked, ClientSettings settings, GroupClient client)
    {
        if (client.TryAsk(() => client.StatusAsync(client.End), out var group) is { } silent)
        {
            return new RequestOutcome.NotDone(silent);
        }

        var levels = GroupLevels.Of(group);
        if (levels.Members.IsEmpty)
        {
            return new RequestOutcome.NotDone("The group has no members yet, as far as the servers that answered know.");
        }

        if (levels.Group is null)
        {
            return new RequestOutcome.NotDone(UnknownLevel);
        }

        var level = asked ?? levels.Highest;
        return level <= levels.Group ? new RequestOutcome.Done()
            : levels.WhyNot(level, settings.Target) is { } why ? new RequestOutcome.NotDone(why)
            : client.Change((raft, end) => raft.RaiseFormatLevelAsync(level, timeout: settings.Timeout, cancellationToken: end));
    }

    private static int Show(ClientSettings settings, CommandEnvironment environment) => settings.Look(client =>
    {
        if (!client.TryAsk(() => client.StatusAsync(client.End), environment, out var group, out var code))
        {
            return code;
        }

        var (levels, target) = (GroupLevels.Of(group), settings.Target);
        if (settings.IsJson)
        {
            WriteJson(levels, target, environment.Output);
        }
        else
        {
            WriteText(levels, target, environment.Output);
        }

        return ExitCode.Done;
    });

    private static void WriteText(GroupLevels levels, Target target, TextWriter output)
    {
        var table = new TextTable(target.Noun.ToUpperInvariant(), "PROGRAM READS", "LOGIC");
        foreach (var member in levels.Members)
        {
            table.Add(target.Show(member.Name), member.Reads is { } reads ? $"level {reads}" : "unknown: no answer", $"{member.Logic}");
        }

        table.WriteTo(output);
        if (levels.Logic is { } logic)
        {
            output.WriteLine($"The actors of the group apply pairs by logic version {logic}.");
        }

        output.WriteLine(levels.Members.IsEmpty ? "The group has no members yet."
            : levels.Group is null ? UnknownLevel
            : levels.Highest <= levels.Group ? $"The group writes format level {levels.Group}, the highest of these programs."
            : levels.WhyNot(levels.Highest, target) is { } why ? $"The group writes format level {levels.Group}. {why}"
            : $"The group writes format level {levels.Group}, and all of its programs read level {levels.Highest}: run 'raft upgrade "
                + "enable'.");
    }

    private static void WriteJson(GroupLevels levels, Target target, TextWriter output)
    {
        foreach (var member in levels.Members)
        {
            JsonLine.Write(output, writer =>
            {
                writer.WriteString("kind", "member");
                writer.WriteString(target.Noun, target.Show(member.Name));
                if (member.Reads is { } reads)
                {
                    writer.WriteNumber("reads", reads);
                }

                if (member.Logic is { } logic)
                {
                    writer.WriteNumber("logic", logic);
                }
            });
        }

        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "group");
            if (levels.Group is { } level)
            {
                writer.WriteNumber("formatLevel", level);
            }

            if (levels.Logic is { } logic)
            {
                writer.WriteNumber("logicVersion", logic);
            }

            if (levels.Members.Length > 0 && levels.Highest > levels.Group)
            {
                writer.WriteNumber("highest", levels.Highest);
                JsonLine.Text(writer, "whyNot", levels.WhyNot(levels.Highest, target));
            }
        });
    }
}
