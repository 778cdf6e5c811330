using System.Net;

using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>
/// The incoming connections whose handshake is not complete. Each has a thread, so their number is bounded. When all places are taken, the
/// address with the most of them loses its oldest one to an address with fewer, so that a flood keeps nobody else out. One of the crowd
/// itself waits in line: it may be one of many clients that come back after a failure, and to close one that is nearly done would waste
/// the work. But it takes the place of one that was silent for long. Thread-safe.
/// </summary>
/// <param name="max">The number of places.</param>
/// <param name="maxWaiting">How many may wait in line. Further ones of any address are closed at once.</param>
internal sealed class OpenHandshakes(int max, int maxWaiting)
{
    private static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _places = [];
    private readonly LinkedList<Place> _waiting = [];
    private bool _isClosed;

    /// <summary>The number of handshakes under way. Out of date at once while other threads change it.</summary>
    public int Count => _places.Count;

    /// <param name="start">Begins the handshake on another thread, at once or later. It must call <see cref="Leave"/>.</param>
    /// <param name="close">Closes the connection when it loses its place or finds none.</param>
    public void Enter(IPAddress from, Action<Place> start, Action close)
    {
        Place? leaving = null;
        var entering = new Place(from, start, close);
        var isStarting = false;
        lock (_lock)
        {
            if (_isClosed || _waiting.Count >= maxWaiting)
            {
                leaving = entering;
            }
            else if (_places.Count < max || TryEvict(from, out leaving))
            {
                Take(entering);
                isStarting = true;
            }
            else
            {
                _waiting.AddLast(entering);
            }
        }

        leaving?.Close();
        if (isStarting)
        {
            entering.Start();
        }
    }

    public void Leave(Place place)
    {
        Place? next = null;
        lock (_lock)
        {
            _places.Remove(place);
            if (_places.Count < max && !_isClosed)
            {
                // The first of the address that has the fewest places.
                var counts = _places.CountBy(each => each.From).ToDictionary();
                next = _waiting.MinBy(waiting => counts.GetValueOrDefault(waiting.From));
                if (next is not null)
                {
                    _waiting.Remove(next);
                    Take(next);
                }
            }
        }

        next?.Start();
    }

    /// <summary>Closes the connections that have a place or wait for one, and each one that enters later.</summary>
    public void Close()
    {
        Place[] all;
        lock (_lock)
        {
            _isClosed = true;
            all = [.. _places, .. _waiting];
            _waiting.Clear();
        }

        Array.ForEach(all, place => place.Close());
    }

    private bool TryEvict(IPAddress from, out Place? leaving)
    {
        var crowd = _places.GroupBy(place => place.From).MaxBy(each => each.Count())!; // Justification: it is full, so not empty.
        leaving = crowd.First();
        var isOfCrowd = _places.Count(place => place.From.Equals(from)) >= crowd.Count();
        if (isOfCrowd && Machine.Current.Time.GetElapsedTime(leaving.TakenAt) < LongSilence)
        {
            leaving = null;
            return false;
        }

        _places.Remove(leaving);
        return true;
    }

    private void Take(Place place)
    {
        place.TakenAt = Machine.Current.Time.GetTimestamp();
        _places.AddLast(place);
    }

    internal sealed class Place(IPAddress from, Action<Place> start, Action close)
    {
        public IPAddress From => from;

        public long TakenAt { get; set; }

        public void Start() => start(this);

        public void Close() => close();
    }
}
