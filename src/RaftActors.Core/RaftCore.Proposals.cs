using System.Collections.Immutable;

namespace RaftActors.Core;

/// <content>Pairs are proposed to this process: which of them its log takes, if it leads.</content>
public sealed partial class RaftCore
{
    /// <summary>The requests that are committed.</summary>
    private Sessions _sessions;

    /// <summary>
    /// The index at which the log has a request of this number, committed or not; null if it has none, or remembers it no longer. A
    /// leader's shell asks before it shows a pair to the application. What the log takes is still decided by <see cref="Input.Propose"/>.
    /// </summary>
    public LogIndex? IndexOf(RequestId request)
    {
        var session = _sessions.Of(request.Origin);
        return _role is LeaderRole leader && IsNew(leader, session, request) ? null : FindRequest(session, request)?.Index;
    }

    private void OnPropose(ImmutableArray<Payload.Pair> pairs, bool areRetries)
    {
        if (_role is not LeaderRole leader)
        {
            _effects.Add(new Effect.Rejected(pairs, RejectionReason.NotLeader));
            return;
        }

        if (IsTransferring)
        {
            _effects.Add(new Effect.Rejected(pairs, RejectionReason.Transferring));
            return;
        }

        if (leader.Open.HasManyOrigins)
        {
            leader.Open.Rebuild(_log.From(CommitIndex.Next));
        }

        var first = _log.Last.Next;
        for (var i = 0; i < pairs.Length; i++)
        {
            if (IsTooMuch(leader, pairs[i]))
            {
                // Nor those behind it: a pair must not overtake one that was proposed with it.
                _effects.Add(new Effect.Rejected(pairs[i..], RejectionReason.Busy));
                break;
            }

            Propose(leader, pairs[i], areRetries);
        }

        if (first <= _log.Last)
        {
            _effects.Add(new Effect.Accepted(_log.From(first)));
        }
    }

    /// <summary>What is not committed is held in memory, so it is bounded; but something can always be proposed.</summary>
    private bool IsTooMuch(LeaderRole leader, Payload.Pair pair) =>
        leader.Open.Bytes > 0 && leader.Open.Bytes + pair.Size > Options.MaxUncommittedBytes;

    private void Propose(LeaderRole leader, Payload.Pair pair, bool isRetry)
    {
        if (pair.Request is not { } request)
        {
            TakeIfRoom(pair);
            return;
        }

        // A leader's log holds everything that is committed (§5.4), so what was appended before is found, or was never committed and never
        // will be. That it is found is no answer yet: that comes with its commit, which a leader of an older term may not have reached.
        var session = _sessions.Of(request.Origin);
        if (!IsNew(leader, session, request) && FindRequest(session, request) is { } known)
        {
            _effects.Add(new Effect.Repeated(request, known.Index, known.Serial));
        }
        else if (request.Number <= (session?.Forgotten ?? 0) || (session is null && isRetry && _sessions.IsFull))
        {
            _effects.Add(new Effect.Rejected([pair], RejectionReason.Expired));
        }
        else
        {
            TakeIfRoom(pair);
        }
    }

    private void TakeIfRoom(Payload.Pair pair)
    {
        if (_isDiskShort)
        {
            _effects.Add(new Effect.Rejected([pair], RejectionReason.DiskFull));
        }
        else
        {
            AppendOwn(pair);
        }
    }

    // Numbers rise, so what is above all known ones need not be searched for.
    private static bool IsNew(LeaderRole leader, Session? session, RequestId request) =>
        request.Number > (session?.Highest ?? 0) && leader.Open.IsAboveAll(request);

    private AnsweredRequest? FindRequest(Session? session, RequestId request)
    {
        if (session?.Find(request.Number) is { } committed)
        {
            return committed;
        }

        foreach (var entry in _log.From(CommitIndex.Next))
        {
            if (entry.Payload is Payload.Pair pair && pair.Request == request)
            {
                return new AnsweredRequest(request.Number, entry.Index, entry.Serial);
            }
        }

        return null;
    }
}
