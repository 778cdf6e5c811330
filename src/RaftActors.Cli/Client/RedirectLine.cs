namespace RaftActors.Cli.Client;

/// <summary>Says who answers in place of the server that was asked, as soon as that is known.</summary>
internal static class RedirectLine
{
    public static void Write(Surroundings surroundings, ServerId leader, bool isJson) => surroundings.Say(output =>
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
