using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

using RaftActors.Cli.Client;
using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Backups;

/// <summary><c>raft snapshot</c>.</summary>
internal sealed class SnapshotCommand(CommandEnvironment environment, ClientSettings settings, GroupClient client)
{
    private Target Target => settings.Target;

    public static Command Build(CommandEnvironment environment)
    {
        var members = new Argument<string[]>("member")
        {
            Description = "The members: ':9990 :9991', or with --contacts names of processes. Default: all, and the leader last.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var options = new ClientOptions(environment);
        var command = new Command(
            "snapshot",
            """
            Lets members take a snapshot now: before a backup, before a restart, or to shrink the log. The members take turns, so that at
            most one is busy with it. Each prints a line when its snapshot is on its disk: the last serial that the snapshot covers, its
            size, and the time it took. A member that has committed nothing since its latest snapshot answers with that one.

            A failure of one member does not stop the others. --timeout is for each member; a large state needs more than the default.
            After it the member goes on, and another 'raft snapshot' waits for the same snapshot, or, if more was committed since, for the
            next one.

            Exit codes:
              0    each member has its snapshot
              1    a member has none: standard error says why, and a retry is safe
              2    the command is wrong
              130  Ctrl-C

            Examples:
              raft snapshot -S :9990
              raft snapshot :9991 -S :9990 --timeout 10m
              raft snapshot --contacts 10.0.0.1:2551 --group orders
            """)
        {
            members,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var settings = options.Read(parsed);
            ProcessName[] named = [.. parsed.GetValue(members)!.Select(settings.Target.Parse).Distinct()]; // Justification: never null.
            return settings.Run(client => new SnapshotCommand(environment, settings, client).Take(named));
        });
        return command;
    }

    private int Take(ProcessName[] named)
    {
        // The answers open the ways to the members, too.
        if (!client.TryAsk(() => client.StatusAsync(client.End), environment, out var group, out var code))
        {
            return code;
        }

        var members = named.Length > 0 ? named : MembersOf(group);
        if (members.Length == 0)
        {
            environment.Error.WriteLine(
                $"raft: the group has no members yet, as far as the {Target.Nouns} that answered know; start all of its founders");
            return ExitCode.Failed;
        }

        code = ExitCode.Done;
        foreach (var member in members)
        {
            code = Math.Max(code, Take(member, group));
            if (client.IsInterrupted)
            {
                return code;
            }
        }

        return code;
    }

    private static ProcessName[] MembersOf(GroupStatus group) =>
        [.. group.Members.Select(member => member.Name).OrderBy(name => name == group.Leader)];

    private int Take(ProcessName member, GroupStatus group)
    {
        var start = Stopwatch.GetTimestamp();
        ProcessSnapshot? snapshot = null;
        var why = WhyUnreached(member, group)
            ?? client.TryAsk(() => client.Raft.TakeSnapshotAsync(member, settings.Timeout, client.End), out snapshot);
        var time = Stopwatch.GetElapsedTime(start);
        if (snapshot is null && client.IsInterrupted)
        {
            return ExitCode.Interrupted;
        }

        if (settings.IsJson)
        {
            environment.Report(output => WriteJson(output, member, snapshot, time, why));
        }
        else if (snapshot is not null)
        {
            environment.Report(output => output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Target.Show(member)}: serial {snapshot.Serial}, {BackupView.Size(snapshot.SizeBytes)}, {time.TotalSeconds:0.00} s")));
        }
        else
        {
            environment.Error.WriteLine($"raft: {Target.Show(member)}: {why}");
        }

        return snapshot is null ? ExitCode.Failed : ExitCode.Done;
    }

    // A call to a member that cannot be reached would only wait for its timeout.
    private string? WhyUnreached(ProcessName member, GroupStatus group)
    {
        if (group.Processes.Any(process => process.Name == member))
        {
            return null;
        }

        // Why this program does not reach it is known when its own attempt has ended.
        Task.WhenAny(client.Attempts, Task.Delay(settings.LookPatience, client.End)).Wait(CancellationToken.None);
        return client.WhyUnreached(Target.AddressOf(member, null))
            ?? (group.Silent.Contains(member) ? null : $"no {Target.Noun} that answered reaches it");
    }

    private void WriteJson(TextWriter output, ProcessName member, ProcessSnapshot? snapshot, TimeSpan time, string? why) =>
        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "snapshot");
            writer.WriteString(Target.Noun, Target.Show(member));
            writer.WriteString("outcome", snapshot is null ? "not-done" : "done");
            JsonLine.Number(writer, "serial", snapshot?.Serial.Value);
            JsonLine.Number(writer, "index", snapshot?.Index.Value);
            JsonLine.Number(writer, "size", snapshot?.SizeBytes);
            JsonLine.Number(writer, "ms", snapshot is null ? null : (long)time.TotalMilliseconds);
            JsonLine.Text(writer, "why", why);
        });
}
