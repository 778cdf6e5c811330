namespace RaftActors.Cli.Offline;

/// <summary>Asks before something is done that cannot be taken back easily.</summary>
internal static class Question
{
    /// <summary>Whether the answer was the one that is wanted.</summary>
    public static bool IsConfirmed(Surroundings surroundings, string question, string wanted)
    {
        surroundings.Output.Write(question);
        surroundings.Output.Flush();
        var answer = surroundings.Input.ReadLine();
        if (answer?.Trim() == wanted)
        {
            return true;
        }

        surroundings.Output.WriteLine("Not confirmed; nothing was changed.");
        return false;
    }
}
