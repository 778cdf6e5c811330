namespace RaftActors.Core;

/// <summary>The number of voters, and of processes that a founding needs.</summary>
public static class QuorumSize
{
    /// <summary>The largest K of any group.</summary>
    public const int Max = 11;

    /// <summary>Whether a group may have this maximum of K: 3, 5, 7, 9 or 11.</summary>
    public static bool IsMaximum(int maximum) => maximum is >= 3 and <= Max && maximum % 2 == 1;

    /// <summary>
    /// K: the largest odd number that exceeds neither the number of processes nor the maximum; all processes if there are fewer
    /// than 3.
    /// </summary>
    public static int For(int processes, int maximum)
    {
        if (processes < 3)
        {
            return processes;
        }

        var size = Math.Min(processes, maximum);
        return size % 2 == 0 ? size - 1 : size;
    }

    /// <summary>The smallest majority of a set: more than half; 0 of an empty one.</summary>
    public static int MajorityOf(int members) => members == 0 ? 0 : (members / 2) + 1;
}
