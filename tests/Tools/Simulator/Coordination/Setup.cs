using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>What one seed chooses for its whole run.</summary>
internal sealed class Setup
{
    public const int SlowestClock = 1000;

    /// <summary>The names of the locks. The last character is the number of permits.</summary>
    public static readonly string[] Locks = ["a/1", "b/1", "c/2"];

    public Setup(Prng random)
    {
        Processes = random.Any([1, 3, 3, 3, 5]);
        Programs = random.Between(2, 4);
        SessionTimeout = TimeSpan.FromMilliseconds(random.Between(1000, 3000));
        RenewInterval = SessionTimeout / random.Between(3, 8);
        ClockDrift = random.Any([0, 0.05, 0.2]);
        FastestClock = (int)(SlowestClock / (1 - ClockDrift));
        (Loss, Late, Repeats) = (random.Any([0, 2, 20]), random.Any([0, 2, 10]), random.Any([0, 5]));
        FaultEvery = random.Any([500, 2000, 8000]);
        Faulty = TimeSpan.FromSeconds(random.Between(10, 40));
        HasBursts = random.Chance(20);
        ChangesMax = random.Any([4, 16, 64]);
        KeysMax = random.Any([4, 16, 64, int.MaxValue]);
    }

    public int Processes { get; }

    public int Programs { get; }

    public TimeSpan SessionTimeout { get; }

    public TimeSpan RenewInterval { get; }

    public double ClockDrift { get; }

    /// <summary>The highest rate of a clock per mille, so that two clocks differ by at most the drift.</summary>
    public int FastestClock { get; }

    /// <summary>The percentage of messages that are lost.</summary>
    public int Loss { get; }

    /// <summary>The percentage of messages that are late by seconds.</summary>
    public int Late { get; }

    /// <summary>The percentage of messages that arrive twice.</summary>
    public int Repeats { get; }

    /// <summary>The most milliseconds between two faults.</summary>
    public int FaultEvery { get; }

    /// <summary>The time with faults. After it the run must converge.</summary>
    public TimeSpan Faulty { get; }

    /// <summary>Other programs write so many items at once that the group forgets changes.</summary>
    public bool HasBursts { get; }

    /// <summary>The number of changes that the group remembers.</summary>
    public int ChangesMax { get; }

    /// <summary>The number of request keys that the group remembers.</summary>
    public int KeysMax { get; }

    /// <summary>The rate of a clock: often one of the two extremes, where the margins are smallest.</summary>
    public int AnyRate(Prng random) => random.Between(0, 2) switch
    {
        0 => SlowestClock,
        1 => FastestClock,
        _ => random.Between(SlowestClock, FastestClock),
    };
}
