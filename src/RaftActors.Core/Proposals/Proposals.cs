using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>Pairs that are proposed to this process: appends them if it leads, and recognises retries.</summary>
internal sealed class Proposals(RaftState state)
{
    public AnsweredRequest? Find(RequestId request, RequestKeyHash? key)
    {
        var leader = state.Role as LeaderRole;
        return FindRequest(leader, state.Sessions.Of(request.Origin), request) ?? FindKey(leader, key, request);
    }

    public void OnPropose(Input.Propose propose)
    {
        var pairs = propose.Pairs;
        if (state.Role is not LeaderRole leader)
        {
            state.Effects.Add(new Effect.Rejected(pairs, FailureReason.NoLeader));
            return;
        }

        if (state.Transfers.Current is not null)
        {
            state.Effects.Add(new Effect.Rejected(pairs, null));
            return;
        }

        if (leader.Open.HasManyOrigins)
        {
            leader.Open.Rebuild(state.Log.From(state.CommitIndex.Next));
        }

        var first = state.Log.Last.Next;
        for (var i = 0; i < pairs.Length; i++)
        {
            if (IsTooMuch(leader, pairs[i]))
            {
                // The pairs behind it are rejected too, because no pair overtakes one that was proposed with it.
                state.Effects.Add(new Effect.Rejected(pairs[i..], FailureReason.Busy));
                break;
            }

            Propose(
                leader,
                pairs[i],
                propose,
                propose.Since.IsEmpty ? null : propose.Since[i],
                propose.Started.IsEmpty ? Serial.Zero : propose.Started[i],
                propose.IfSerial.IsEmpty ? null : propose.IfSerial[i]);
        }

        if (first <= state.Log.Last)
        {
            state.Effects.Add(new Effect.Accepted(state.Log.From(first)));
        }
    }

    public void OnClose(ImmutableArray<RequestId> last)
    {
        ImmutableArray<RequestId> known = [.. last.Where(each => state.Sessions.Of(each.Origin) is { IsClosed: false })];
        if (!known.IsEmpty && !state.Durability.IsDiskShort)
        {
            AppendOwn(new Payload.Close(known));
        }
    }

    public void OnExtend() => AppendOwn(Payload.NoOp.Instance);

    private void AppendOwn(Payload payload)
    {
        if (state.Role is LeaderRole leader && state.Transfers.Current is null)
        {
            state.Append(leader, payload);
        }
    }

    /// <summary>Bounds the size of uncommitted entries, which are all in memory. One pair is always accepted.</summary>
    private bool IsTooMuch(LeaderRole leader, Payload.Pair pair) =>
        leader.Open.Bytes > 0 && leader.Open.Bytes + pair.Size > state.Options.MaxUncommittedBytes;

    private void Propose(LeaderRole leader, Payload.Pair pair, Input.Propose propose, Serial? since, Serial started, Serial? ifSerial)
    {
        if (pair.Request is not { } request)
        {
            Append(leader, pair, propose.Now);
            return;
        }

        // A leader's log has everything that is committed (§5.4). So an earlier request is found, or was never committed and never will
        // be. A request that is found is answered with its commit, which a leader of an older term may not have reached. The same holds
        // for a request key.
        var session = state.Sessions.Of(request.Origin);
        var keyed = pair as Payload.KeyedPair;
        var isForgotten = session is null
            ? propose.AreRetries && state.Sessions.MayHaveForgotten(started)
            : request.Number <= session.Forgotten;
        if ((FindRequest(leader, session, request) ?? FindKey(leader, keyed?.RequestKey, request)) is { } known)
        {
            state.Effects.Add(new Effect.Repeated(request, known.Index, known.Serial));
        }
        else if (isForgotten)
        {
            state.Effects.Add(new Effect.Rejected([pair], FailureReason.Forgotten));
        }
        else if (keyed is not null && since < state.Keys.Forgotten)
        {
            // A pair of this key that was committed after that serial may have been forgotten.
            state.Effects.Add(new Effect.Rejected([pair], FailureReason.Forgotten));
        }
        else if (ifSerial < state.Log.LastPosition.Serial)
        {
            state.Effects.Add(new Effect.Overtaken(request, state.Log.Last));
        }
        else if (ifSerial > state.Log.LastPosition.Serial)
        {
            // A later leader told the serial, and this one is deposed. Or the serial is of another group, or a pair before it was refused.
            // Only this attempt is certain not to be appended: that leader may have taken an earlier one.
            state.Effects.Add(new Effect.Rejected([pair], FailureReason.Outdated));
        }
        else
        {
            Append(leader, pair, propose.Now);
        }
    }

    private void Append(LeaderRole leader, Payload.Pair pair, LogTime now)
    {
        if (state.Durability.IsDiskShort)
        {
            state.Effects.Add(new Effect.Rejected([pair], FailureReason.DiskFull));
        }
        else
        {
            state.Append(leader, pair, now);
        }
    }

    /// <summary>Tells whether a request is above all known ones, so it need not be searched for. Request numbers rise.</summary>
    private static bool IsNew(LeaderRole leader, Session? session, RequestId request) =>
        request.Number > (session?.Highest ?? 0) && leader.Open.IsAboveAll(request);

    private AnsweredRequest? FindRequest(LeaderRole? leader, Session? session, RequestId request)
    {
        if (leader is not null && IsNew(leader, session, request))
        {
            return null;
        }

        if (session?.Find(request.Number) is { } committed)
        {
            return committed;
        }

        return leader?.Open.Find(request, state.Log.From(state.CommitIndex.Next)) is var (index, serial)
            ? new AnsweredRequest(request.Number, index, serial)
            : null;
    }

    private AnsweredRequest? FindKey(LeaderRole? leader, RequestKeyHash? requestKey, RequestId request)
    {
        if (requestKey is not { } key)
        {
            return null;
        }

        var place = state.Keys.Find(key) ?? leader?.Open.Find(key);
        return place is var (index, serial) ? new AnsweredRequest(request.Number, index, serial) : null;
    }
}
