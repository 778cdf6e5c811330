using Akka.Configuration;

namespace RaftActors.Fuzz.Targets;

/// <summary>Texts in HOCON that a user has written, with all getters on what they hold.</summary>
internal sealed class HoconTarget : Target
{
    private const string Document =
        """"
        # A comment
        akka { actor.provider = remote, loglevel = "OFF" // another
          remote.dot-netty.tcp { port = 0, hostname = "gr\u00f6\"sse" } }
        raft.roster = ["raft1@node1", raft2/node2
          "raft3@node3"]
        raft { tick = 10ms, size = 4 MiB, ratio = 1.5e3 }
        a = { d = [1, [2, {e = null}]] }
        list.0 = x, list.1 = on
        text = """three
         "quotes" """

        """";

    private static readonly string[] Values =
    [
        "{ \"k.e y\" : [ ] }", "a.b.c = {}\na.b = x\na = []", "x = infinite, y = 1 d, z = 99999999999 GiB", "a = [{b = 1}, [c d], \"@\"]",
    ];

    public override string Name => "hocon";

    public override string Reads => "Raft.ParseHocon";

    public override int BytesMin => 4 << 20;

    // A character is a list, its value and an entry of both.
    public override int BytesPerByte => 2048;

    public override IReadOnlyList<byte[]> Words { get; } = TextWords.Of(
        "{", "}", "[", "]", "a{", "a=[", "{a=", "a=[{", ",", "\n", "=", ":", "\"", "\"\"\"", "${", "${a}", "a=${a}\n", "a.", ".a",
        "a.a.a.a", "include \"b\"\n", "#", "//", "@", "a@b", "[a@b]", "null", "1e9", "ms", "\\u0000", "+=",
        "]}", "}]", "?", "*", "&", "!", "`", "^",
        "$", " ", "\t", "\0", "\uFEFF", "\u00A0", "\r", "\v");

    public override IEnumerable<byte[]> Seeds() => [.. new[] { Document }.Concat(Values).Select(Encoding.UTF8.GetBytes)];

    public override object Read(byte[] input) => Raft.ParseHocon(Encoding.UTF8.GetString(input));

    public override void Check(object read)
    {
        var config = (Config)read;
        _ = config.ToString(includeFallback: true);
        foreach (var (_, value) in config.AsEnumerable())
        {
            _ = value.IsObject() ? value.ToString() : value.GetString();
            _ = value.GetStringList();
        }
    }

    public override bool IsRefusal(Exception e) => e is RaftConfigurationException;
}
