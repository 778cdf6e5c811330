using System.Diagnostics.CodeAnalysis;

using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>The calls of one link that have no reply yet, by number. Not thread-safe.</summary>
internal sealed class OpenCalls
{
    private readonly Dictionary<long, ICaller> _byNumber = [];
    private readonly Dictionary<ICaller, long> _numbers = new(ReferenceEqualityComparer.Instance);
    private long _last;

    public int Count => _byNumber.Count;

    /// <summary>Numbers a call. A call that is sent again keeps its number.</summary>
    public long NumberOf(ICaller caller)
    {
        if (!_numbers.TryGetValue(caller, out var number))
        {
            _numbers.Add(caller, number = ++_last);
            _byNumber.Add(number, caller);
        }

        return number;
    }

    /// <summary>Takes the caller whose reply came. Returns false if it waits no more.</summary>
    public bool TryTake(long number, [NotNullWhen(true)] out ICaller? caller)
    {
        if (!_byNumber.Remove(number, out caller))
        {
            return false;
        }

        _numbers.Remove(caller);
        return true;
    }

    public void Remove(ICaller caller)
    {
        if (_numbers.Remove(caller, out var number))
        {
            _byNumber.Remove(number);
        }
    }

    public ICaller[] TakeAll()
    {
        ICaller[] all = [.. _byNumber.Values];
        _byNumber.Clear();
        _numbers.Clear();
        return all;
    }

    /// <summary>Tells a caller its reply, or a failure if the reply cannot be read.</summary>
    public static void TellReply(ICaller caller, ref ByteReader reader, OutcomeFormat outcomes)
    {
        object reply;
        try
        {
            reply = outcomes.ReadReply(ref reader, caller.Request);
            reader.End();
        }
        catch (Exception e)
        {
            // A serializer of the user may throw anything. The next frame can still be read, because each one is complete in itself.
            reply = new Status.Failure(e);
        }

        caller.Tell(reply, ActorRefs.NoSender);
    }

    /// <summary>
    /// Tells callers that their connection has ended. Uses another thread, because this one may send under the lock of one client, and the
    /// callers take the locks of others.
    /// </summary>
    public static void TellLost(ICaller[] callers, Address node, bool wereSent)
    {
        if (callers.Length > 0)
        {
            Machine.Current.Queue(new LostCalls(callers, new ClientReply.Lost(node, wereSent)));
        }
    }

    private sealed class LostCalls(ICaller[] callers, ClientReply.Lost lost) : IThreadPoolWorkItem
    {
        public void Execute() => Array.ForEach(callers, caller => caller.Tell(lost, ActorRefs.NoSender));
    }
}
