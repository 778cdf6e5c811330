using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Offline;

/// <summary>Asks the user to confirm a change that is hard to undo.</summary>
internal static class Confirmation
{
    /// <summary>Prints the question, reads a line, and returns whether it is the expected answer.</summary>
    public static bool IsGiven(CommandEnvironment environment, string question, string expected)
    {
        environment.Output.Write(question);
        environment.Output.Flush();
        var answer = environment.Input.ReadLine();
        if (answer?.Trim() == expected)
        {
            return true;
        }

        environment.Output.WriteLine("Not confirmed; nothing was changed.");
        return false;
    }
}
