/* Declarations alone, see FreeRTOS.h. */
#ifndef STUB_TASK_H
#define STUB_TASK_H

typedef struct stub_task *TaskHandle_t;

TaskHandle_t xTaskCreateStatic(void (*run)(void *), const char *name, uint32_t stack_words, void *parameter,
                               UBaseType_t priority, StackType_t *stack, StaticTask_t *memory);
TickType_t xTaskGetTickCount(void);
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks);
BaseType_t xTaskNotifyGive(TaskHandle_t task);
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *woken);

#endif
