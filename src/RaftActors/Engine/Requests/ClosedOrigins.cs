using RaftActors.Core;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The clients that have closed and the members that have left, until the leader proposes that the group forgets them. Otherwise they would
/// count among the origins that the group remembers, and programs that come and go would push out those that stay. A lost leadership drops
/// them. The group then forgets them later, by its own bound.
/// </summary>
internal sealed class ClosedOrigins(EngineContext context) : IEnginePart
{
    // As many as the group remembers. Clients choose their origins, so the list needs a bound.
    private const int Max = Snapshot.MaxSessions;

    // Those that close at about the same time share entries.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HashSet<RequestId> _last = [];
    private long _proposeAt;

    public bool NeedsTicks => _last.Count > 0;

    /// <summary>An origin makes no request after this one.</summary>
    public void Add(RequestId last)
    {
        if (context.Leads && _last.Count < Max)
        {
            _proposeAt = NeedsTicks ? _proposeAt : context.DeadlineAfter(Pause);
            _last.Add(last);
        }
    }

    /// <summary>
    /// A member that the configuration lacks may join again as the same incarnation, and then its requests go on from the
    /// last one that the group knows.
    /// </summary>
    public void OnConfiguration(Configuration? before, LogIndex index, Configuration configuration)
    {
        foreach (var gone in before?.Everybody().Where(member => !configuration.Holds(member)) ?? [])
        {
            Add(new RequestId(gone, 0));
        }
    }

    public void OnTick()
    {
        if (NeedsTicks && context.Now >= _proposeAt)
        {
            foreach (var some in _last.Chunk(Payload.Close.Max))
            {
                context.Step(new Input.Close([.. some]));
            }

            _last.Clear();
        }
    }

    public void OnDeposed() => _last.Clear();
}
