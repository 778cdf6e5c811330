using System.Net;

namespace RaftActors.Network;

/// <summary>
/// The incoming connections whose handshake is not over. Their number is bounded. When all places are taken, the oldest connection of the
/// address with the most of them has to go: so a flood from one address does not keep out the others. Thread-safe.
/// </summary>
/// <param name="max">The most connections with a place.</param>
internal sealed class OpenHandshakes(int max)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _places = [];
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _places.Count;
            }
        }
    }

    /// <summary>Takes a connection in.</summary>
    /// <param name="close">Closes the connection when it has to go.</param>
    public Place Enter(IPAddress from, Action close)
    {
        Place? leaving = null;
        var entering = new Place(from, close);
        lock (_lock)
        {
            if (_isClosed)
            {
                leaving = entering;
            }
            else if (_places.Count >= max)
            {
                var crowd = _places.GroupBy(place => place.From).MaxBy(each => each.Count())!; // Justification: it is full, so not empty.
                leaving = crowd.First();
                _places.Remove(leaving);
            }

            _places.AddLast(entering);
        }

        leaving?.Close();
        return entering;
    }

    /// <summary>The handshake of a connection is over.</summary>
    public void Leave(Place place)
    {
        lock (_lock)
        {
            _places.Remove(place);
        }
    }

    /// <summary>Closes the connections that have a place, and each one that enters later.</summary>
    public void Close()
    {
        Place[] all;
        lock (_lock)
        {
            _isClosed = true;
            all = [.. _places];
        }

        Array.ForEach(all, place => place.Close());
    }

    /// <summary>The place of a connection.</summary>
    internal sealed class Place(IPAddress from, Action close)
    {
        public IPAddress From => from;

        public void Close() => close();
    }
}
