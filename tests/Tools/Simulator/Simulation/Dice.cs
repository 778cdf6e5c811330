using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>Random choices by a <see cref="Prng"/>.</summary>
internal static class Dice
{
    public static bool Chance(this Prng prng, int percent) => prng.Between(1, 100) <= percent;

    public static T Any<T>(this Prng prng, IReadOnlyList<T> items) => items[prng.Between(0, items.Count - 1)];
}
