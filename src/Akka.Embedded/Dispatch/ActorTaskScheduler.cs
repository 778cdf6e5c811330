using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs asynchronous handlers inside their actor. Continuations arrive as system messages, because the mailbox holds back ordinary
/// messages until the handler has ended.
/// </summary>
internal sealed class ActorTaskScheduler(ActorCell cell) : TaskScheduler
{
    public override int MaximumConcurrencyLevel => 1;

    public static void Run(ActorCell cell, Func<Task> action)
    {
        var started = new Task<Task>(action);
        started.RunSynchronously(cell.TaskScheduler);
        var task = started.Unwrap();
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
            return;
        }

        cell.BeginTask();

        // ExecuteSynchronously: the completion only sends one system message and needs no thread of its own.
        task.ContinueWith(
            static (ended, state) => ((ActorCell)state!).Self.SendSystemMessage(new CompleteTask(FailureOf(ended))),
            cell,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            Default);
    }

    internal void Continue(Task task) => TryExecuteTask(task);

    protected override void QueueTask(Task task) => cell.Self.SendSystemMessage(new ContinueTask(task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(ActorCell.Current, cell) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private static Exception? FailureOf(Task task) => task switch
    {
        { IsCanceled: true } => new TaskCanceledException(task),
        { Exception: { InnerExceptions: [Exception only] } } => only,
        { Exception: AggregateException several } => several,
        _ => null,
    };
}
