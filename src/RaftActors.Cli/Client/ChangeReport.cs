using System.Text.Json;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary>Reports the outcome of a change of members or leader.</summary>
/// <param name="kind">The value of <c>kind</c> in JSON.</param>
/// <param name="done">The text when it is done: "added :9993".</param>
/// <param name="what">The clause after "unknown whether": ":9993 was added".</param>
/// <param name="look">The command that shows it.</param>
internal sealed class ChangeReport(
    CommandEnvironment environment, ClientSettings settings, string kind, string done, string what, string look = "raft status")
{
    /// <summary>The exit codes, for the help of each change.</summary>
    public const string ExitCodes =
        """
        Exit codes:
          0    done
          1    not done, and nothing was changed: standard error says why
          2    the command is wrong
          3    unknown whether it was done
          130  Ctrl-C
        """;

    /// <summary>Makes a change, and reports its outcome.</summary>
    /// <returns>The exit code.</returns>
    public int Run(ProcessName? member, Func<GroupClient, RequestOutcome> change) => settings.Run(
        client => Report(change(client), member, client.IsInterrupted), RedirectLine.Writer(environment, settings));

    /// <summary>Reports the outcome of a change that was made.</summary>
    /// <param name="group">The group, where a command changes several; null: there is one.</param>
    /// <param name="members">Writes further members of the object; null: there are none.</param>
    /// <returns>The exit code.</returns>
    public int Report(
        RequestOutcome result, ProcessName? member, bool isInterrupted, string? group = null, Action<Utf8JsonWriter>? members = null)
    {
        var (place, next) = group is null ? ("", $"'{look}'") : ($"{group}: ", "this command again");
        var (outcome, why, code) = result switch
        {
            RequestOutcome.NotDone notDone => ("not-done", notDone.Why, ExitCode.Failed),
            RequestOutcome.Unknown unknown => ("unknown", unknown.Why, ExitCode.Unknown),
            _ => ("done", null, ExitCode.Done),
        };
        if (settings.IsJson)
        {
            environment.Report(output => JsonLine.Write(output, writer =>
            {
                writer.WriteString("kind", kind);
                JsonLine.Text(writer, "group", group);
                JsonLine.Text(writer, settings.Target.Noun, member is { } named ? settings.Target.Show(named) : null);
                members?.Invoke(writer);
                writer.WriteString("outcome", outcome);
                if (result is RequestOutcome.Done { WasBefore: true })
                {
                    writer.WriteBoolean("before", true);
                }

                JsonLine.Text(writer, "why", why);
            }));
        }
        else if (why is null)
        {
            environment.Report(output => output.WriteLine($"{place}{done}"));
        }
        else
        {
            environment.Error.WriteLine(code == ExitCode.Failed
                ? $"raft: {place}not done: {Clause.Of(why)}; nothing was changed"
                : $"raft: {place}unknown whether {what}: {Clause.Of(why)}; run {next} to find out");
        }

        return code != ExitCode.Done && isInterrupted ? ExitCode.Interrupted : code;
    }
}
