using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// Log matching (Figure 3). Two logs with an entry of the same index and term are equal up to that entry. By induction this holds if all
/// writes of the entry agree on it and on the term before it.
/// </summary>
internal sealed class LogMatchingChecker(DamageBook damage)
{
    private readonly Dictionary<(long Index, long Term), (LogEntry Entry, Term Before)> _known = [];

    public void OnWritten(SimulatedProcess process, LogSlice entries)
    {
        foreach (ref readonly var entry in entries)
        {
            Check(process, entry);
        }
    }

    /// <summary>Checks a recovered log.</summary>
    public void OnStart(SimulatedProcess process)
    {
        for (var index = process.Log.Base.Index.Value + 1; index <= process.Log.Last; index++)
        {
            Check(process, process.Log[index]);
        }
    }

    private void Check(SimulatedProcess process, in LogEntry entry)
    {
        var before = process.Log.TermAt(entry.Index.Value - 1);
        ref var known = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            _known, (entry.Index.Value, entry.Term.Value), out var isKnown);
        if (!isKnown)
        {
            known = (entry, before);
        }
        else if ((known.Before != before || !Same.Entry(known.Entry, entry)) && !damage.Holds(entry))
        {
            var other = $"{known.Entry} after term {known.Before}";
            throw new Violation("log matching", $"{process.Member} has {entry} after term {before} where another log has {other}");
        }
    }
}
