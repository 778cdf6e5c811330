using Akka.Actor;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

public sealed class WireTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Varint_written_is_read_back(long value)
    {
        var writer = new WireWriter();
        writer.WriteVarint(value);

        Assert.Equal(value, new WireReader(writer.Written.Span).ReadVarint());
    }

    [Fact]
    public void Reader_of_a_count_that_does_not_fit_refuses_before_anything_is_allocated()
    {
        var writer = new WireWriter();
        writer.WriteVarint(int.MaxValue);

        Assert.Throws<WireException>(() => new WireReader(writer.ToArray()).ReadText());
    }

    [Fact]
    public void Hello_written_is_read_back()
    {
        var (from, to) = (new Address("akka.tcp", "a", "host-a", 1), new Address("akka.tcp", "b", "127.0.0.1", 2));
        var hello = new Hello(from, -5, to, QuarantinedUid: 7);
        var writer = new WireWriter();
        hello.Write(writer);

        Assert.Equal(hello, Hello.Read(FrameKind.Hello, writer.Written.Span[5..]));
    }

    [Fact]
    public void Outbox_keeps_what_is_not_acknowledged_and_counts_anew_for_a_new_life()
    {
        var outbox = new SystemMessageOutbox(capacity: 3);
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(i => outbox.TryAdd([(byte)i], TimeSpan.Zero)!.Number));
        Assert.Null(outbox.TryAdd([9], TimeSpan.Zero));

        outbox.Acknowledge(1);
        Assert.Equal([2, 3], outbox.Unacknowledged.Select(entry => entry.Number));

        outbox.Renumber();
        Assert.Equal([(1, 1), (2, 2)], outbox.Unacknowledged.Select(entry => (entry.Number, (int)entry.Body[0])));
        Assert.Equal(3, outbox.TryAdd([9], TimeSpan.Zero)!.Number);
    }

    [Fact]
    public void Inbox_takes_each_number_once_and_refuses_a_gap()
    {
        var inbox = new SystemMessageInbox();

        Assert.True(inbox.Take(1));
        Assert.True(inbox.Take(2));
        Assert.False(inbox.Take(1));
        Assert.Throws<WireException>(() => inbox.Take(4));
        Assert.True(inbox.Take(3));
    }
}
