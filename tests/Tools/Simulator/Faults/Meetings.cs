using System.Numerics;
using System.Text;

namespace RaftActors.Simulator;

/// <summary>The seeds in which two features met: at one process, within two heartbeats.</summary>
internal sealed class Meetings
{
    private static readonly string[] Names = Enum.GetNames<Feature>()[1..];

    private readonly long[,] _seeds = new long[Names.Length, Names.Length];

    /// <summary>Notes features that meet in this seed.</summary>
    public void Note(Feature features)
    {
        for (var rest = (ulong)features; rest != 0; rest &= rest - 1)
        {
            for (var others = rest & (rest - 1); others != 0; others &= others - 1)
            {
                _seeds[BitOperations.TrailingZeroCount(others), BitOperations.TrailingZeroCount(rest)] = 1;
            }
        }
    }

    /// <summary>Returns in how many seeds two features met.</summary>
    public long Seeds(Feature one, Feature other)
    {
        var (low, high) = (BitOperations.TrailingZeroCount((ulong)one), BitOperations.TrailingZeroCount((ulong)other));
        return _seeds[Math.Max(low, high), Math.Min(low, high)];
    }

    public void Add(Meetings other)
    {
        for (var one = 0; one < Names.Length; one++)
        {
            for (var two = 0; two < one; two++)
            {
                _seeds[one, two] += other._seeds[one, two];
            }
        }
    }

    /// <summary>A table with a line for each feature, and the pairs that never met.</summary>
    public override string ToString()
    {
        var (text, never) = (new StringBuilder(), new List<string>());
        for (var one = 0; one < Names.Length; one++)
        {
            text.Append($"{one + 1,3} {Names[one],-14}");
            for (var two = 0; two < one; two++)
            {
                text.Append($"{_seeds[one, two],6}");
                if (_seeds[one, two] == 0)
                {
                    never.Add($"{Names[two]} and {Names[one]}");
                }
            }

            text.Append('\n');
        }

        text.Append(' ', 18).AppendJoin("", Enumerable.Range(1, Names.Length - 1).Select(number => $"{number,6}"));
        var pairs = Names.Length * (Names.Length - 1) / 2;
        return $"{text}\n{pairs - never.Count} of {pairs} pairs of features met; never {string.Join(", ", never)}";
    }
}
