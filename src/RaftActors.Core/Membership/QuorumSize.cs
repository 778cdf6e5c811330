namespace RaftActors.Core;

/// <summary>How many processes vote, and how many a founding needs.</summary>
public static class QuorumSize
{
    /// <summary>K: the largest odd number not above the number of processes and not above the maximum; all of them below 3.</summary>
    public static int For(int processes, int maximum)
    {
        if (processes < 3)
        {
            return processes;
        }

        var size = Math.Min(processes, maximum);
        return size % 2 == 0 ? size - 1 : size;
    }

    /// <summary>The smallest majority of a set: more than half of it; none of an empty one.</summary>
    public static int MajorityOf(int members) => members == 0 ? 0 : (members / 2) + 1;
}
