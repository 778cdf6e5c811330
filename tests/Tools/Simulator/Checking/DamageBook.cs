using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// Entries that a disk has changed, and the processes with such an entry in their logs: that process, and those that copied it.
/// </summary>
internal sealed class DamageBook
{
    private readonly List<LogEntry> _entries = [];
    private readonly HashSet<int> _processes = [];

    public void Add(SimulatedProcess process, in LogEntry entry)
    {
        _entries.Add(entry);
        _processes.Add(process.Number);
    }

    public bool Has(SimulatedProcess process) => _processes.Contains(process.Number);

    /// <summary>The process has another store.</summary>
    public void Mend(SimulatedProcess process) => _processes.Remove(process.Number);

    public bool Holds(in LogEntry entry)
    {
        foreach (var damaged in _entries)
        {
            if (Same.Entry(damaged, entry))
            {
                return true;
            }
        }

        return false;
    }

    public void OnWritten(SimulatedProcess process, LogSlice entries)
    {
        if (_entries.Count == 0)
        {
            return;
        }

        foreach (ref readonly var entry in entries)
        {
            if (Holds(entry))
            {
                _processes.Add(process.Number);
            }
        }
    }
}
