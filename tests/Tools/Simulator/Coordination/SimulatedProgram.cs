using RaftActors.Coordination.Sessions;

namespace RaftActors.Simulator.Coordination;

/// <summary>One program with a clock and a client of the group.</summary>
internal abstract class SimulatedProgram
{
    private readonly World _world;
    private readonly SimulatedGroup _group;
    private readonly List<Action> _inbox = [];
    private bool _isCutOff;

    protected SimulatedProgram(string name, World world, Setup setup, SimulatedGroup group, CommittedLog log)
    {
        (Name, _world, _group) = (name, world, group);
        Client = world.NewClient();
        Clock = new VirtualClock(world, setup.AnyRate(world.Random), Receive);
        Calls = new CoordinationCalls(new SimulatedClient(world, group, log, this), new TaskCompletionSource().Task, Clock);
    }

    public string Name { get; }

    /// <summary>The origin of what it appends.</summary>
    public Guid Client { get; }

    public VirtualClock Clock { get; }

    /// <summary>It stands still: no timer fires, and no message is read.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>It has crashed or closed.</summary>
    public bool IsDead { get; private set; }

    protected CoordinationCalls Calls { get; }

    /// <summary>Runs something as soon as the program runs.</summary>
    public void Receive(Action action)
    {
        if (IsPaused)
        {
            _inbox.Add(action);
        }
        else if (!IsDead)
        {
            action();
        }
    }

    /// <summary>Sends a message to the group, whose answer comes by <see cref="Receive"/>.</summary>
    public void Send(Action arrive)
    {
        if (!_isCutOff)
        {
            _group.Travel(arrive);
        }
    }

    /// <summary>A message of the group travels back.</summary>
    public void SendBack(Action action) => Send(() => Receive(action));

    public void Pause(TimeSpan time)
    {
        if (IsPaused || IsDead)
        {
            return;
        }

        _world.Trace($"{Name} stands still for {time}");
        IsPaused = true;
        _world.After(time, () =>
        {
            IsPaused = false;
            OnResumed();
            var inbox = _inbox.ToList();
            _inbox.Clear();
            while (inbox.Count > 0)
            {
                var place = _world.Random.Between(0, inbox.Count - 1);
                Receive(inbox[place]);
                inbox.RemoveAt(place);
            }
        });
    }

    public void CutOff(TimeSpan time)
    {
        _isCutOff = true;
        _world.After(time, () => _isCutOff = false);
    }

    public virtual void Crash() => IsDead = true;

    /// <summary>It stood still, and has read nothing yet.</summary>
    protected abstract void OnResumed();

    /// <summary>Ends the program, as its own activity.</summary>
    protected abstract Task EndAsync();

    public void Close()
    {
        if (IsPaused)
        {
            Crash();
            return;
        }

        Begin(async () =>
        {
            await EndAsync();
            Crash();
        });
    }

    /// <summary>The activities that have not ended.</summary>
    protected int Busy { get; private set; }

    protected async void Begin(Func<Task> activity)
    {
        Busy++;
        try
        {
            await activity();
        }
        catch (ObjectDisposedException)
        {
            // It closes.
        }
        catch (Exception e)
        {
            _world.Fail(e);
        }

        Busy--;
    }
}
