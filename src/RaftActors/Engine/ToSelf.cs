using Akka.Event;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>The messages of an engine to itself. Closed.</summary>
internal abstract class ToSelf
{
    private ToSelf()
    {
    }

    /// <summary>Time has passed. See <see cref="TickTimer"/>.</summary>
    public sealed class Tick : ToSelf, IDeadLetterSuppression
    {
        public static Tick OnTime { get; } = new();

        /// <summary>The one tick after a pause of the program. Messages that arrived before the pause was noticed come first.</summary>
        public static Tick Late { get; } = new();
    }

    /// <summary>The <see cref="CallInbox"/> has calls.</summary>
    public sealed class CallTurn : ToSelf, IDeadLetterSuppression
    {
        public static CallTurn Instance { get; } = new();
    }

    /// <summary>Another process has a snapshot of its state up to this serial.</summary>
    /// <param name="copy">Copies the state. Null if the process could not be asked.</param>
    public sealed class StateOffered(Serial serial, StateWriter? copy) : ToSelf
    {
        public Serial Serial => serial;

        public StateWriter? Copy => copy;
    }

    /// <summary>The turn that <see cref="Requests.LeaderProposals"/> asked for.</summary>
    public sealed class ProposeTurn : ToSelf
    {
        public static ProposeTurn Instance { get; } = new();
    }
}
