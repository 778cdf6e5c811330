using RaftActors.Delivery;
using RaftActors.Values;

namespace RaftActors;

/// <content>
/// Reminders. The actor of the leader appends a pair for each one that is due, and every process handles it in the order of the log.
/// </content>
public abstract partial class RaftActor<TValue, TResult>
{
    /// <summary>
    /// Sets a reminder: when it is due, <see cref="HandleReminder"/> is called on every process, once, at one place in the log. It survives
    /// restarts, failovers and restores. Call it in HandleAppend, HandleReminder or HandleUpgrade. One with the same name is replaced.
    /// </summary>
    /// <param name="name">Any text. It is the key of the entry.</param>
    /// <param name="after">
    /// The time from now on by the monotonic clock of the leader. A leader that has restarted since counts it anew, so a reminder may be
    /// late. It is never early, whatever the wall clocks do.
    /// </param>
    /// <param name="value">The value of the entry.</param>
    /// <exception cref="InvalidOperationException">
    /// It was called elsewhere, the actor does not override HandleReminder, it fetches pairs itself, or it has 100,000 reminders or 16 MiB
    /// of names and values in them.
    /// </exception>
    protected void Remind(string name, TimeSpan after, TValue value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.Zero);
        Set(name, after, default, EncodeReminder(name, value));
    }

    /// <summary>Sets a reminder, as <see cref="Remind(string, TimeSpan, TValue)"/> does, that is due at a time of the log.</summary>
    /// <param name="name">Any text. It is the key of the entry.</param>
    /// <param name="at">
    /// The time by the wall clock of the leader. If that clock is ahead, the reminder is that much too early.
    /// </param>
    /// <param name="value">The value of the entry.</param>
    /// <exception cref="InvalidOperationException">As above.</exception>
    protected void Remind(string name, DateTimeOffset at, TValue value) => Set(name, null, at, EncodeReminder(name, value));

    /// <summary>Forgets a reminder, so that HandleReminder is not called. Call it where a reminder may be set.</summary>
    /// <returns>False if there is no reminder of this name.</returns>
    /// <exception cref="InvalidOperationException">It was called elsewhere.</exception>
    protected bool Forget(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        DemandLog(nameof(Forget));
        return Reminders.Forget(name);
    }

    /// <summary>
    /// Called on every process when a reminder is due, once for each, in the order of the log. Change the state as in HandleAppend.
    /// Default: does nothing.
    /// </summary>
    /// <param name="entry">
    /// The pair of the reminder, whose key is the name. It has the value that the reminder was set with.
    /// </param>
    protected virtual void HandleReminder(Entry<TValue> entry)
    {
    }

    private protected Reminders Reminders => Results.Reminders;

    /// <summary>
    /// The time that each reminder has left, by its name, or zero if its pair is under way. Each process counts by its own clock, so these
    /// times may be in an answer of HandleQuery, but not in the state.
    /// </summary>
    protected IReadOnlyDictionary<string, TimeSpan> LeftOfReminders()
    {
        var left = Life.Clock.Left();
        return Reminders.All.ToDictionary(each => each.Name, each => left.GetValueOrDefault(each.Number));
    }

    private protected ReadOnlyMemory<byte> EncodeReminder(string name, TValue value)
    {
        ArgumentNullException.ThrowIfNull(name);
        DemandLog(nameof(Remind));
        if (!_overrides.HandlesReminders || _overrides.Pulls)
        {
            throw new InvalidOperationException($"{GetType().Name} cannot set a reminder: " + (_overrides.Pulls
                ? "it overrides HandleMissing or HandleSerial, so pairs may reach it out of order."
                : "it does not handle one. Override HandleReminder."));
        }

        var bytes = _values.Encode(value);
        Life.Process.Settings.Limits.DemandFits(name, ValueCodec<TValue>.ReminderHeadMax + bytes.Length);
        return bytes;
    }

    private protected void Set(string name, TimeSpan? after, DateTimeOffset at, ReadOnlyMemory<byte> value) =>
        Life.Clock.OnSet(Reminders.Set(name, after, at, value), Reminders);

    // Other code does not run on all processes, so their reminders would differ.
    private void DemandLog(string call)
    {
        if (Group.Running is not (DeliveryStep.Append or DeliveryStep.Upgrade))
        {
            throw new InvalidOperationException(
                $"{call} was called outside of HandleAppend, HandleReminder and HandleUpgrade of {Self}. Append a pair, and call it where "
                + "each process handles the pair.");
        }
    }

    private void OnLeader(Leader? leader)
    {
        if (leader is not { IsSelf: true, IsReady: true })
        {
            Life.Clock.Stop();
        }
        else if (!Life.Clock.IsRunning)
        {
            Life.Clock.Start();
        }
    }

    // An Append of a reminder has ended, so another reminder may be told.
    private void EndReminder(RequestRef? request)
    {
        if (request is { } own && Life.Clock.OnApplied(own))
        {
            TellReminders();
        }
    }

    private void TellReminders()
    {
        while (Life.Clock.TryTakeDue(Reminders) is { } reminder)
        {
            var value = ValueCodec<TValue>.EncodeReminder(reminder.Number, reminder.Value.Span);
            Life.Clock.Sent(Group.AppendReminder(reminder.Name, value), reminder);
        }
    }

    // Returns false if the pair is not a reminder. A repeat of a reminder by another leader does nothing.
    private bool TryRemind(StoredPair pair, Entry<TValue> entry)
    {
        if (!ValueCodec<TValue>.TryReadReminder(pair.Value, out var number, out _))
        {
            return false;
        }

        if (Reminders.TryTake(pair.Key, number))
        {
            HandleReminder(entry);
        }

        Results.Skip(pair.Serial);
        return true;
    }
}
