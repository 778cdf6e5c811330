namespace RaftActors.Cli.Client;

/// <summary>Says what became of a change of members or leader.</summary>
/// <param name="kind">What it is called in JSON.</param>
/// <param name="done">What is said when it is done: added :9993.</param>
/// <param name="what">What is not certain otherwise: :9993 was added.</param>
internal sealed class ChangeReport(Surroundings surroundings, ClientSettings settings, string kind, string done, string what)
{
    /// <summary>For the help of each change.</summary>
    public const string ExitCodes =
        """
        Exit codes:
          0    done
          1    not done, and nothing was changed: standard error says why
          2    the command is wrong
          3    unknown whether it was done
          130  Ctrl-C
        """;

    public void Redirected(ServerId leader) => RedirectLine.Write(surroundings, leader, settings.IsJson);

    /// <returns>The exit code.</returns>
    public int Ended(Ending ending, ServerId? server, CancellationToken cancellation)
    {
        var (outcome, why, code) = ending switch
        {
            Ending.NotDone notDone => ("not-done", notDone.Why, Session.Wrong),
            Ending.Unknown unknown => ("unknown", unknown.Why, Session.Unknown),
            _ => ("done", null, Session.Fine),
        };
        if (settings.IsJson)
        {
            surroundings.Say(output => JsonLine.Write(output, writer =>
            {
                writer.WriteString("kind", kind);
                JsonLine.Text(writer, "server", server?.ToString());
                writer.WriteString("outcome", outcome);
                JsonLine.Text(writer, "why", why);
            }));
        }
        else if (why is null)
        {
            surroundings.Say(output => output.WriteLine(done));
        }
        else
        {
            surroundings.Error.WriteLine(code == Session.Wrong
                ? $"raft: not done: {Clause.Of(why)}; nothing was changed"
                : $"raft: unknown whether {what}: {Clause.Of(why)}; 'raft status' shows it");
        }

        return code != Session.Fine && cancellation.IsCancellationRequested ? Session.Interrupted : code;
    }
}
