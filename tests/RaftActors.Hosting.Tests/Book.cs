using System.Text;

namespace RaftActors.Hosting.Tests;

/// <summary>A total with a snapshot.</summary>
internal sealed class Book : RaftActor<int, int>, IRaftSnapshot<byte[]>
{
    private int _total;

    public Book() => Receive<int>(number => Group.Append("number", number, replyTo: Sender));

    public byte[] TakeSnapshot(Serial serial) => Encoding.UTF8.GetBytes($"{_total}");

    public void RestoreSnapshot(Serial serial, byte[] state) => _total = int.Parse(Encoding.UTF8.GetString(state));

    protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;

    protected override object? HandleQuery(object question) => _total;
}
