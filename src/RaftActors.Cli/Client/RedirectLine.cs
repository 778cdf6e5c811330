namespace RaftActors.Cli.Client;

/// <summary>Reports that the server has forwarded the request to the leader.</summary>
internal static class RedirectLine
{
    public static void Write(CommandEnvironment environment, ServerId leader, bool isJson) => environment.Report(output =>
    {
        if (isJson)
        {
            JsonLine.Write(output, writer =>
            {
                writer.WriteString("kind", "redirect");
                writer.WriteString("leader", $"{leader}");
            });
        }
        else
        {
            output.WriteLine($"redirect to leader: {Printable.Of($"{leader}")}");
        }
    });
}
