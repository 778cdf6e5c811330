using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary>Reports that the request goes to a leader that is none of the named servers.</summary>
internal static class RedirectLine
{
    /// <summary>Writes the line for each leader.</summary>
    public static Action<ProcessName> Writer(CommandEnvironment environment, ClientSettings settings) =>
        leader => Write(environment, settings.Target.Show(leader), settings.IsJson);

    private static void Write(CommandEnvironment environment, string leader, bool isJson) => environment.Report(output =>
    {
        if (isJson)
        {
            JsonLine.Write(output, writer =>
            {
                writer.WriteString("kind", "redirect");
                writer.WriteString("leader", leader);
            });
        }
        else
        {
            output.WriteLine($"redirect to leader: {Printable.Of(leader)}");
        }
    });
}
