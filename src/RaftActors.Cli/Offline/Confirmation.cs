namespace RaftActors.Cli.Offline;

/// <summary>Asks before something is done that cannot be taken back easily.</summary>
internal static class Confirmation
{
    /// <summary>Whether the answer was the one that is wanted.</summary>
    public static bool IsGiven(CommandEnvironment environment, string question, string wanted)
    {
        environment.Output.Write(question);
        environment.Output.Flush();
        var answer = environment.Input.ReadLine();
        if (answer?.Trim() == wanted)
        {
            return true;
        }

        environment.Output.WriteLine("Not confirmed; nothing was changed.");
        return false;
    }
}
