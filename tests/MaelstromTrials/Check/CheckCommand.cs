using RaftActors.Testing.History;

namespace MaelstromTrials.Check;

/// <summary>Checks a file with a history of lin-kv for linearizability.</summary>
internal static class CheckCommand
{
    /// <summary>Prints the verdict.</summary>
    /// <returns>
    /// Exit code 0: linearizable; 1: not; 2: the file cannot be read; 3: no verdict, because the search became too large.
    /// </returns>
    public static int Run(string file)
    {
        try
        {
            var history = RegisterHistory.Read(File.ReadLines(file));
            var verdict = Linearizability.Check(history, new RegisterModel(), placesMax: 20_000_000);
            Console.WriteLine(verdict switch
            {
                HistoryVerdict<RegisterModel.Call, RegisterModel.Reply>.Linearizable =>
                    $"linearizable: {history.Operations.Count} operations",
                HistoryVerdict<RegisterModel.Call, RegisterModel.Reply>.GaveUp gaveUp =>
                    $"no verdict: the search of key {gaveUp.Partition} became too large",
                _ => $"{verdict}",
            });
            return verdict switch
            {
                HistoryVerdict<RegisterModel.Call, RegisterModel.Reply>.Linearizable => 0,
                HistoryVerdict<RegisterModel.Call, RegisterModel.Reply>.NotLinearizable => 1,
                _ => 3,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"Cannot check {file}: {e.Message}");
            return 2;
        }
    }
}
