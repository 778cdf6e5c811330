using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// Entries that a disk has changed, and who has one in its log: the process itself, and those that took it from that process.
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

    /// <summary>It has another store.</summary>
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

        foreach (ref readonly var entry in entries.Span)
        {
            if (Holds(entry))
            {
                _processes.Add(process.Number);
            }
        }
    }
}
