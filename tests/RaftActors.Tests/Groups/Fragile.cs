namespace RaftActors.Tests.Groups;

/// <summary>The moments at which a <see cref="Fragile"/> actor can fail.</summary>
public enum Moment
{
    /// <summary>The constructor of a later life. Without the first life there is no process.</summary>
    Constructor,

    PreStart,

    PreRestart,

    PostRestart,

    PostStop,

    HandleAppend,

    HandleQuorum,

    HandleLeader,

    TakeSnapshot,

    RestoreSnapshot,
}

/// <summary>A raft actor that fails once, at the moment of its fuse. It reports each pair and state.</summary>
internal sealed class Fragile : RaftActor<string, int>, IRaftSnapshot<string>
{
    private readonly IActorRef _watcher;
    private readonly Fuse _fuse;
    private string _state = "";

    public Fragile(IActorRef watcher, RaftOptions<string> options, Fuse fuse)
        : base(options)
    {
        (_watcher, _fuse) = (watcher, fuse);
        Receive<Recorder.Append>(append => Group.Append(append.Key, append.Value, append.Timeout, Sender));
        Receive<Recorder.Snap>(_ => Group.TakeSnapshot());
        Receive<Exception>(trouble => throw trouble);
        _fuse.Burn(Moment.Constructor);
    }

    public string TakeSnapshot(Serial serial)
    {
        _fuse.Burn(Moment.TakeSnapshot);
        _watcher.Tell($"took {serial}");
        return _state;
    }

    public void RestoreSnapshot(Serial serial, string state)
    {
        _fuse.Burn(Moment.RestoreSnapshot);
        _state = state;
        _watcher.Tell($"state{_state}");
    }

    protected override void PreStart()
    {
        _fuse.Burn(Moment.PreStart);
        _watcher.Tell("started");
    }

    protected override void PreRestart(Exception reason, object? message)
    {
        _fuse.Burn(Moment.PreRestart);
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        _fuse.Burn(Moment.PostRestart);
        base.PostRestart(reason);
    }

    protected override void PostStop() => _fuse.Burn(Moment.PostStop);

    protected override void HandleQuorum(Quorum? quorum) => _fuse.Burn(Moment.HandleQuorum);

    protected override void HandleLeader(Leader? leader) => _fuse.Burn(Moment.HandleLeader);

    protected override int HandleAppend(Entry<string> entry)
    {
        _fuse.Burn(Moment.HandleAppend);
        _state += $" {entry.Serial}={entry.Value}";
        _watcher.Tell($"state{_state}");
        return _state.Length;
    }

    /// <summary>Fails once.</summary>
    internal sealed class Fuse
    {
        private int _set = -1;

        public bool HasBurnt => Volatile.Read(ref _set) == -1;

        public void Set(Moment moment) => Volatile.Write(ref _set, (int)moment);

        public void Burn(Moment moment)
        {
            if (Interlocked.CompareExchange(ref _set, -1, (int)moment) == (int)moment)
            {
                throw new InvalidOperationException($"{moment} fails");
            }
        }
    }

    /// <summary>The supervisor: applies the directive of the test to a failure, and starts the actor again when it has stopped.</summary>
    internal sealed class Guard : UntypedActor
    {
        private readonly Props _child;
        private readonly string _name;
        private readonly Directive _directive;

        public Guard(Props child, string name, Directive directive) => (_child, _name, _directive) = (child, name, directive);

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => _directive);

        protected override void PreStart() => Begin();

        protected override void OnReceive(object message)
        {
            if (message is Terminated)
            {
                Begin();
            }
            else
            {
                Context.Child(_name).Forward(message);
            }
        }

        private void Begin() => Context.Watch(Context.ActorOf(_child, _name));
    }
}
