namespace FourNodes.Tests;

/// <summary>
/// What the embedded runtime alone can say: Akka.NET's HOCON parser knows no positions, takes most broken texts as they are, and never ends
/// on this one. The project leaves this file out with another runtime.
/// </summary>
public sealed partial class BadInputTests
{
    [Fact]
    public async Task Error_in_a_hocon_file_names_line_column_and_what_was_expected()
    {
        File.WriteAllText(Path.Combine(_hocon.FullName, "node2.conf"), "raft.node = \"node2@localhost\"\nakka.remote {\n  x = [1, 2\n}\n");

        var error = await Fails(1, "--hocon", _hocon.FullName);

        Assert.Contains("node2.conf:4:1: found '}', expected a value", error);
    }
}
