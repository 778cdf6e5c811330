namespace DiskTrials;

/// <summary>Compares the log of a node with that of another one and with the acknowledged pairs.</summary>
internal static class LogCheck
{
    /// <param name="log">The lines of the node's log: serial and key.</param>
    /// <param name="first">The log of another node.</param>
    /// <exception cref="TrialFailure">The logs differ, or a pair is lost, misplaced or there twice.</exception>
    public static void Compare(int number, List<string> log, List<string> first, List<string> acknowledged)
    {
        if (!log.SequenceEqual(first))
        {
            var at = log.Zip(first).TakeWhile(pair => pair.First == pair.Second).Count();
            throw new TrialFailure($"node {number} has another log, from place {at + 1} on");
        }

        for (var i = 0; i < log.Count; i++)
        {
            if (!log[i].StartsWith($"{i + 1} ", StringComparison.Ordinal))
            {
                throw new TrialFailure($"node {number} has '{log[i]}' at place {i + 1}");
            }
        }

        var lines = log.ToHashSet();
        var missing = acknowledged.Where(line => !lines.Contains(line)).ToList();
        if (missing.Count > 0)
        {
            throw new TrialFailure($"{missing.Count} acknowledged pairs are not on node {number}, '{missing[0]}' first");
        }

        var keys = log.Select(line => line.Split(' ')[1]).ToList();
        if (keys.Distinct().Count() < keys.Count)
        {
            throw new TrialFailure($"node {number} has {keys.Count - keys.Distinct().Count()} pairs twice");
        }
    }
}
