using RaftActors.Persistence.Group;
using RaftActors.Persistence.State;

using Waits = RaftActors.Persistence.Group.Waits;

namespace RaftActors.Persistence.Tests;

/// <summary>The questions of live queries, without a group.</summary>
public sealed class WaitsTests : IDisposable
{
    private static readonly TimeSpan Begin = TimeSpan.FromSeconds(100);

    private readonly TemporaryFolder _folder = new();
    private readonly List<(LaterAnswer Later, byte[] Page)> _answers = [];
    private readonly EventFile _file;
    private readonly JournalState _state;
    private readonly Waits _waits;

    public WaitsTests()
    {
        _file = new EventFile(_folder["events"]);
        _state = new JournalState(_file);
        _waits = new Waits(_state, (later, page) => _answers.Add((later, (byte[])page)));
    }

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Question_with_an_answer_does_not_wait()
    {
        Write("a", 1);

        Assert.Single(EventPage.Read((byte[])_waits.Ask(EventsOf("a"), Begin)));
    }

    [Fact]
    public void Question_without_an_answer_gets_the_next_event_of_its_id_once()
    {
        var later = _waits.Ask(EventsOf("a"), Begin);
        _waits.Ask(EventsOf("b"), Begin);

        Write("a", 1);
        Write("a", 2);

        var (answered, page) = Assert.Single(_answers);
        Assert.Same(later, answered);
        Assert.Equal(1, Assert.Single(EventPage.Read(page)).SequenceNr);
    }

    [Fact]
    public void Question_gets_an_event_from_the_middle_of_a_batch()
    {
        var later = _waits.Ask(EventsOf("b"), Begin);
        Command.Batch batch = new([("a", WriteOf(1)), ("b", WriteOf(1)), ("c", WriteOf(1))]);

        _state.Apply("a", batch);
        _waits.OnApplied("a", batch);

        Assert.Same(later, Assert.Single(_answers).Later);
    }

    [Fact]
    public void Question_gets_an_empty_page_when_its_time_is_over()
    {
        _waits.Ask(EventsOf("a"), Begin);
        _waits.OnTime(Begin + TimeSpan.FromMilliseconds(999));
        Assert.Empty(_answers);

        _waits.OnTime(Begin + TimeSpan.FromSeconds(1));
        _waits.OnTime(Begin + TimeSpan.FromSeconds(2));

        Assert.Empty(EventPage.Read(Assert.Single(_answers).Page));
    }

    private static Question.Wait EventsOf(string id) => new(new Question.Events(id, 0, long.MaxValue, 10, 1000), 1000);

    private void Write(string id, long number)
    {
        _state.Apply(id, WriteOf(number));
        _waits.OnApplied(id, WriteOf(number));
    }

    private static Command.Write WriteOf(long number) => new("w", number == 1, number - 1, [new StoredEvent(number, [7])]);
}
