using Akka.Actor;

using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The messages of one turn of an engine to other engines. A message to another node is encoded at once, and the end of the turn sends the
/// bytes as one batch to each node. Outside of a turn each message is sent at once.
/// </summary>
internal sealed class Outbox(IActorRef self)
{
    private readonly List<IConnection> _written = [];
    private bool _hasTurn;

    public void Send(IActorRef to, WireMessage message)
    {
        if (_hasTurn && to is ConnectionRef { Connection: var connection })
        {
            connection.Write(to, message, self);
            if (!_written.Contains(connection))
            {
                _written.Add(connection);
            }
        }
        else
        {
            to.Tell(message, self);
        }
    }

    public void BeginTurn() => _hasTurn = true;

    public void EndTurn()
    {
        foreach (var connection in _written)
        {
            connection.Flush();
        }

        _written.Clear();
        _hasTurn = false;
    }
}
