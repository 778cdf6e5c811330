using System.Net;

namespace RaftActors.Network;

/// <summary>
/// The incoming connections whose handshake is not complete. When all places are taken, the address with the most of them loses its oldest
/// one, so that a flood from one address does not keep others out. Thread-safe.
/// </summary>
/// <param name="max">The number of places.</param>
internal sealed class OpenHandshakes(int max)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _places = [];
    private bool _isClosed;

    /// <summary>Out of date at once while other threads change it.</summary>
    public int Count => _places.Count;

    /// <param name="close">Closes the connection when it loses its place.</param>
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

    internal sealed class Place(IPAddress from, Action close)
    {
        public IPAddress From => from;

        public void Close() => close();
    }
}
