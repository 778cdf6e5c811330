using System.Collections.Immutable;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>What an actor of <see cref="PlantedBugTests"/> does wrong.</summary>
public enum PlantedBug
{
    None,
    ClockInResult,
    ClockBehindField,
    ClockInState,
    FirstOfDictionary,
    FirstOfImmutableSet,
    ForgottenReservations,
}

/// <summary>A stock from which clients reserve pieces. A negative value gives a reservation back, and zero takes the next one.</summary>
internal sealed class BuggyStock(PlantedBug bug) : RaftActor<int, string>, IRaftSnapshot<StockState>
{
    private readonly Func<DateTime> _now = () => DateTime.UtcNow;
    private Dictionary<string, int> _reserved = [];
    private ImmutableHashSet<string> _waiting = [];
    private int _left = 1000;
    private DateTime _changed;

    public StockState TakeSnapshot(Serial serial) => new(
        _left,
        bug == PlantedBug.ForgottenReservations ? [] : _reserved,
        _changed,
        bug == PlantedBug.FirstOfImmutableSet ? [] : [.. _waiting]);

    public void RestoreSnapshot(Serial serial, StockState state) =>
        (_left, _reserved, _changed, _waiting) = (state.Left, new(state.Reserved), state.Changed, [.. state.Waiting]);

    protected override string HandleAppend(Entry<int> entry)
    {
        if (bug == PlantedBug.ClockInState)
        {
            _changed = DateTime.UtcNow;
        }

        if (entry.Value > 0)
        {
            _left -= entry.Value;
            _reserved[entry.Key] = entry.Value;
            _waiting = _waiting.Add(entry.Key);
        }
        else if (entry.Value < 0)
        {
            GiveBack(entry.Key);
        }
        else if (_reserved.Count > 0)
        {
            GiveBack(bug == PlantedBug.FirstOfDictionary ? _reserved.First().Key : _reserved.Keys.Min()!);
        }

        return bug switch
        {
            PlantedBug.ClockInResult => $"{DateTime.UtcNow:O}",
            PlantedBug.ClockBehindField => $"{_now():O}",
            PlantedBug.FirstOfImmutableSet => _waiting.FirstOrDefault() ?? "",
            _ => "done",
        };
    }

    private void GiveBack(string key)
    {
        _waiting = _waiting.Remove(key);
        if (_reserved.Remove(key, out var pieces))
        {
            _left += pieces;
        }
    }
}

internal sealed record StockState(int Left, Dictionary<string, int> Reserved, DateTime Changed, string[] Waiting);
