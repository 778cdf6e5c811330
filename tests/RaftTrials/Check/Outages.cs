using System.Diagnostics;

namespace RaftTrials.Check;

/// <summary>For how long the death of a leader keeps its clients waiting.</summary>
internal sealed class Outages
{
    private readonly List<TimeSpan> _elections = [];
    private readonly List<TimeSpan> _forAll = [];
    private readonly List<TimeSpan> _ofOthers = [];
    private readonly List<TimeSpan> _ofItsOwn = [];

    /// <param name="server">Which one died.</param>
    /// <param name="elected">When another one said that it led.</param>
    /// <param name="served">When each writer had had a message committed by that one.</param>
    public void Add(IReadOnlyList<Attempt> attempts, string server, long killed, long elected, long served)
    {
        _elections.Add(Stopwatch.GetElapsedTime(killed, elected));
        AddTo(_forAll, attempts, killed, served);
        foreach (var writer in attempts.Where(attempt => attempt.Outcome == Outcome.Committed).GroupBy(attempt => attempt.Writer))
        {
            // Whoever answered last before its death is whom the writer speaks to.
            var partner = writer.Where(attempt => attempt.Ended <= killed).MaxBy(attempt => attempt.Ended)?.Server;
            AddTo(partner == server ? _ofItsOwn : _ofOthers, writer, killed, served);
        }
    }

    public override string ToString() =>
        $"from the kill to another leader {Gaps.Summary(_elections)}; nobody's message was committed for {Gaps.Summary(_forAll)}; that of "
        + $"a writer that spoke to another server for {Gaps.Summary(_ofOthers)}, to the killed one for {Gaps.Summary(_ofItsOwn)}";

    private static void AddTo(List<TimeSpan> gaps, IEnumerable<Attempt> attempts, long killed, long served)
    {
        if (Gaps.Longest(attempts, killed, served) is { } gap)
        {
            gaps.Add(gap);
        }
    }
}
