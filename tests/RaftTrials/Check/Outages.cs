using System.Diagnostics;

namespace RaftTrials.Check;

/// <summary>Measures for how long the kill of a leader keeps clients waiting.</summary>
internal sealed class Outages
{
    private readonly List<TimeSpan> _elections = [];
    private readonly List<TimeSpan> _forAll = [];
    private readonly List<TimeSpan> _forOne = [];

    /// <param name="elected">When the next leader was elected.</param>
    /// <param name="served">When each writer had a commit from the next leader.</param>
    public void Add(IReadOnlyList<Attempt> attempts, long killed, long elected, long served)
    {
        _elections.Add(Stopwatch.GetElapsedTime(killed, elected));
        AddTo(_forAll, attempts, killed, served);
        foreach (var writer in attempts.Where(attempt => attempt.Outcome == Outcome.Committed).GroupBy(attempt => attempt.Writer))
        {
            AddTo(_forOne, writer, killed, served);
        }
    }

    public override string ToString() =>
        $"from the kill to the next leader {Gaps.Summary(_elections)}; without any commit {Gaps.Summary(_forAll)}; without a commit for "
        + $"one writer {Gaps.Summary(_forOne)}";

    private static void AddTo(List<TimeSpan> gaps, IEnumerable<Attempt> attempts, long killed, long served)
    {
        if (Gaps.Longest(attempts, killed, served) is { } gap)
        {
            gaps.Add(gap);
        }
    }
}
