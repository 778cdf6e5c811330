namespace Maelstrom;

internal static class Help
{
    public const string Text =
        """
        A node for Maelstrom's workloads lin-kv and txn-list-append, on RaftActors. Maelstrom starts it:

          maelstrom test -w lin-kv --bin PATH/Maelstrom --node-count 5 --time-limit 60 --nemesis partition
          maelstrom test -w txn-list-append --bin PATH/Maelstrom --node-count 3 --consistency-models strict-serializable

        It reads messages as lines of JSON on standard input, and writes messages to standard output and its log to standard error.
        By hand, type these lines:

          {"src":"c1","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}
          {"src":"c1","dest":"n1","body":{"type":"write","msg_id":2,"key":1,"value":"one"}}
          {"src":"c1","dest":"n1","body":{"type":"read","msg_id":3,"key":1}}

        NODE_DIR (environment): the folder of the node's log. Not set: the log is in memory, and a killed node rejoins with an empty one.
        """;
}
