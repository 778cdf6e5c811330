using System.Collections.Concurrent;

using Akka.Actor;

namespace RaftActors.Dashboard.Sampling;

/// <summary>The latest events of the processes of this node, in memory. Thread-safe.</summary>
internal sealed class EventMemory
{
    private const int EventsMax = 40;

    private readonly ConcurrentDictionary<string, GroupEvents> _groups = new(StringComparer.Ordinal);

    /// <summary>Called after each event, on the thread of the event's process or of an actor.</summary>
    public Action OnEvent { get; set; } = () => { };

    /// <summary>Remembers the events from now on, until the actor system ends.</summary>
    public static EventMemory In(ActorSystem system)
    {
        var memory = new EventMemory();
        var recorder = system.ActorOf(Props.Create(() => new Recorder(memory)));
        system.EventStream.Subscribe(recorder, typeof(RaftEvent));
        return memory;
    }

    public GroupEvents Of(string group) => _groups.GetValueOrDefault(group, GroupEvents.None);

    private void Add(RaftEvent told)
    {
        var note = new EventNote(DateTimeOffset.UtcNow, told.Process, told.Detail);
        _groups.AddOrUpdate(
            told.Group,
            static (_, next) => GroupEvents.None.With(next.told, next.note),
            static (_, known, next) => known.With(next.told, next.note),
            (told, note));
        OnEvent();
    }

    private sealed class Recorder : ReceiveActor
    {
        public Recorder(EventMemory memory) => Receive<RaftEvent>(memory.Add);
    }

    /// <summary>The events of one group.</summary>
    /// <param name="Notes">The latest one first.</param>
    /// <param name="Elected">The latest leader that a process of this node became, or null.</param>
    internal sealed record GroupEvents(ImmutableList<EventNote> Notes, RaftEvent.RoleChanged? Elected)
    {
        public static GroupEvents None { get; } = new([], null);

        public GroupEvents With(RaftEvent told, EventNote note) => new(
            (Notes.Count < EventsMax ? Notes : Notes.RemoveAt(EventsMax - 1)).Insert(0, note),
            told is RaftEvent.RoleChanged { Role: RaftRole.Leader } elected ? elected : Elected);
    }
}

internal sealed record EventNote(DateTimeOffset At, ProcessName Process, string Text);
