using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>The messages of one read for one engine, in order.</summary>
internal sealed record WireBatch(ImmutableArray<WireMessage> Messages);

/// <summary>Collects the messages of one read for one engine, and tells them as one batch. Not thread-safe.</summary>
internal sealed class EngineBatch
{
    private readonly List<WireMessage> _messages = [];
    private (IActorRef To, IActorRef From)? _ends;

    /// <summary>Takes a message of a frame. <see cref="Tell"/> tells it at the latest.</summary>
    public void Add(in FrameReader.Frame frame)
    {
        if (!frame.IsToEngine)
        {
            Tell();
            frame.To.Tell(frame.Message, frame.From);
            return;
        }

        if (_ends != (frame.To, frame.From))
        {
            Tell();
            _ends = (frame.To, frame.From);
        }

        _messages.Add(frame.Message);
    }

    public void Tell()
    {
        if (_ends is var (to, from))
        {
            to.Tell(_messages.Count == 1 ? _messages[0] : new WireBatch([.. _messages]), from);
        }

        _messages.Clear();
        _ends = null;
    }
}
