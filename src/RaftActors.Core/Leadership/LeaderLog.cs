namespace RaftActors.Core;

/// <summary>Appends entries of the leader itself.</summary>
internal sealed class LeaderLog(RaftState state)
{
    /// <summary>Appends an entry of the current term; a configuration is in force from here on (§6).</summary>
    public LogEntry Append(LeaderRole leader, Payload payload)
    {
        Invariant.That(state.Role == leader, "only the leader appends entries of its own");
        var before = state.Log.LastPosition;
        var serial = payload is Payload.Pair ? before.Serial.Next : before.Serial;
        var entry = new LogEntry(before.Index.Next, state.Term, serial, payload);
        state.Append(entry);
        leader.Open.Append(entry);
        if (payload is Payload.Reconfigure(var configuration))
        {
            leader.Track(configuration, state.Self, entry.Index, state.Now);
            leader.Lease.Drop();
        }

        return entry;
    }
}
