namespace FourNodes.Tests;

/// <summary>
/// Errors that only the embedded runtime reports. Akka.NET's HOCON parser knows no positions and accepts most broken texts. On this
/// text it does not terminate. The project excludes this file with another runtime.
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
