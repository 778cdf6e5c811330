using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The open requests to the readers of an engine. Tells Core whether there are any, as it watches for a read that hangs. It tracks the
/// oldest request, because the progress of one reader must not hide that the other one hangs.
/// </summary>
/// <param name="pages">The <see cref="StoreReader"/> for messages of Core.</param>
/// <param name="pairs">The <see cref="StoreReader"/> for clients and Gets.</param>
internal sealed class StoreReads(EngineContext context, IActorRef pages, IActorRef pairs)
{
    private readonly List<object> _open = [];

    /// <summary>Asks for the entries of a message, or for the bytes of a snapshot.</summary>
    public void Ask(Effect read) => Ask(pages, read);

    /// <summary>Asks for pairs. The answers come in the order of the questions.</summary>
    public void Ask(PairReads.Wanted read) => Ask(pairs, read);

    public void End(object read)
    {
        var place = _open.FindIndex(one => ReferenceEquals(one, read));
        _open.RemoveAt(place);
        if (place == 0)
        {
            context.Step(new Input.StoreReads(IsReading: _open.Count > 0));
        }
    }

    private void Ask(IActorRef reader, object read)
    {
        _open.Add(read);
        if (_open.Count == 1)
        {
            context.Step(new Input.StoreReads(IsReading: true));
        }

        reader.Tell(read, context.Self);
    }
}
