using RaftActors.Core;

namespace RaftActors.Cli.Plan;

/// <summary>
/// The time from the write of an entry on the leader until a majority of the voters has it on disk. The leader writes while it sends, so
/// its own disk and the ways to the others run in parallel, and the slowest of the fastest majority counts. The disks are taken for
/// independent of each other.
/// </summary>
/// <param name="voters">The number of voters, 1 or more.</param>
/// <param name="sync">The median of a synced write, in seconds.</param>
/// <param name="syncMost">Its 99th percentile.</param>
/// <param name="roundTrip">A round trip to another voter, in seconds.</param>
internal sealed class CommitTime(int voters, double sync, double syncMost, double roundTrip)
{
    // The 99th percentile of a normal distribution, in deviations.
    private const double Deviations = 2.3263;

    private const int Steps = 60;
    private const int Shares = 200;

    // Syncs are about log-normal: most are close to the median, and a few take many times as long.
    private readonly double _spread = sync > 0 ? Math.Log(syncMost / sync) / Deviations : 0;

    /// <summary>The time within which this share of the entries is committed, in seconds.</summary>
    public double Quantile(double share)
    {
        var (low, high) = (0.0, roundTrip + (10 * syncMost) + 1e-9);
        for (var step = 0; step < Steps; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = IsCommittedWithin(middle) < share ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>The mean time, in seconds. A few slow syncs can make it much longer than the median.</summary>
    public double Mean() => Enumerable.Range(0, Shares).Average(place => Quantile((place + 0.5) / Shares));

    /// <summary>The share of the entries that is committed within a time.</summary>
    public double IsCommittedWithin(double time)
    {
        var (own, other, majority) = (IsSyncedWithin(time), IsSyncedWithin(time - roundTrip), QuorumSize.MajorityOf(voters));
        return (own * AtLeast(majority - 1, voters - 1, other)) + ((1 - own) * AtLeast(majority, voters - 1, other));
    }

    private double IsSyncedWithin(double time)
    {
        if (time < 0)
        {
            return 0;
        }

        return sync == 0 ? 1
            : time == 0 ? 0
            : _spread == 0 ? (time >= sync ? 1 : 0)
            : NormalShare(Math.Log(time / sync) / _spread);
    }

    /// <summary>The probability that at least so many of all succeed, each with this chance.</summary>
    private static double AtLeast(int needed, int all, double chance)
    {
        var sum = 0.0;
        for (var count = Math.Max(0, needed); count <= all; count++)
        {
            sum += Choices(all, count) * Math.Pow(chance, count) * Math.Pow(1 - chance, all - count);
        }

        return needed <= 0 ? 1 : sum;
    }

    private static double Choices(int all, int count)
    {
        var product = 1.0;
        for (var i = 1; i <= count; i++)
        {
            product *= (double)(all - count + i) / i;
        }

        return product;
    }

    // The distribution function of the normal distribution, by Abramowitz and Stegun 26.2.17: the error is below 1e-7.
    private static double NormalShare(double x)
    {
        var t = 1 / (1 + (0.2316419 * Math.Abs(x)));
        var tail = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) * t
            * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return x >= 0 ? 1 - tail : tail;
    }
}
